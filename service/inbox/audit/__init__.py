"""What was changed about the team's settings, by whom, from what to what; and what was taken out.

Does not belong here: writing it down (each function that changes something does), what happened to a conversation.
"""
