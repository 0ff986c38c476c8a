"""Conversations at the operators' desk: lists, one of them, claims, replies, changes.

Does not belong here: notes, what the customer does (`service/conversations`).
"""
