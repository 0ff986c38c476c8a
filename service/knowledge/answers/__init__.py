"""Answers for guests: what is published for all, word for word, for the browser that keeps their chat.

Does not belong here: answers in a member's turn (conversations), those that a model words (`generative`).
"""
