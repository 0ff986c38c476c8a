"""What the team sets up for itself: operators, labels, canned replies, hours.

Does not belong here: what a conversation has of it (`conversations`).
"""
