"""A member's conversations: turns, pages of messages, read markers, the export.

Does not belong here: what the bot says (dialogue), who asks (accounts), people without an account (guests).
"""
