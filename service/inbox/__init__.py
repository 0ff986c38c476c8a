"""The operators' desk: everybody's inquiries, and the conversations of a day.

Does not belong here: what a customer sees.
"""
