"""Vectors, where somebody has set up a model for them: beside the words, never instead of them.

Belongs here: asking the model, keeping new pieces of articles embedded, finding with both. Does not belong here: the
table and how both are combined (scripts/embedding/create.sql), filling it for the first time (scripts/vectors.py).
"""
