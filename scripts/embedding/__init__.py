"""Vectors of articles, where somebody wants them: the tables and functions, and filling them.

Belongs here: what `python -m scripts.vectors` does. Does not belong here: asking the endpoint
(service/knowledge/vectors/endpoint.py), new pieces while the service runs (service/knowledge/vectors/work.py).
"""
