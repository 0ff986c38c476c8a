"""Operators search in all that was said, noted, asked for and known.

Belongs here: reading a search off a request, showing what was found. Does not belong here: what is found and in which
order (`inbox_search` in the database), what a text is found by (`core/bigrams.py` and its twin there).
"""
