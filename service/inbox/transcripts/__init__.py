"""Transcripts: what was said in conversations, as a file for admins.

Does not belong here: a member's own data (`service/conversations/export.py`), the file of inquiries.
"""
