"""Hints that something has changed, to members and operators who keep a stream open.

Does not belong here: what has changed; who is told pulls it (`conversations`, `inbox`).
"""
