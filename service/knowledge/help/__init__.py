"""The help pages, `/help`: what is published, for people and search engines.

Does not belong here: writing articles (`articles/`), what is found for a question (retrieval).
"""
