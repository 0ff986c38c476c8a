"""A morning's worth of inquiries for a local stack on which nobody has said anything yet, so that the inbox has a face.

Belongs here: who they are and what they say (`morning.yaml`), and how that is told to the database. Does not belong
here: the people to sign in as (`scripts/local/demo.py`).
"""
