"""What people sent by a form, and the conversations of today: finding, marking, the file.

Does not belong here: what a conversation has of it (`conversations`), taking inquiries (`service/guests`).
"""
