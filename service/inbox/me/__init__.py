"""The operator who asks: who they are, whether they are there, what they look at.

Does not belong here: other operators (`settings`).
"""
