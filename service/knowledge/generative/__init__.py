"""Answers that a model words from articles: by a job, checked, or not at all.

Belongs here: asking a model, what it is told, what its answer must be before anybody sees a word of it, what it may
cost. Does not belong here: what is found (`kb_find`), how an answer is written (`service/conversations`), what the
assistant is told to do (`service/knowledge/assistant`).

Only workers import this: the web process knows no model.
"""
