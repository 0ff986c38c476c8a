"""Knowledge: articles, finding what answers a question, and the assistant that answers from them.

A subject is a folder. What several of them need stands beside them. Does not belong here: how a turn goes on
(dialogue), who has a conversation (conversations).
"""
