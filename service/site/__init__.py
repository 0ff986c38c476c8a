"""The demo shop, and how every page is made: its frame, its language, its texts.

Does not belong here: pages of a feature, the chat element (`service/static/munui`).
"""
