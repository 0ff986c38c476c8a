"""What the team knows: articles, and answers from them.

Belongs here: a folder a subject. Does not belong here: what is said in a conversation (`dialogue/`, `conversations/`).
"""
