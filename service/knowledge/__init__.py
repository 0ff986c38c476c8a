"""What the team knows, and answers from it: articles, what is found in them, and what is made of that.

Belongs here: a folder a subject. Does not belong here: how a turn is written (`service/conversations`), what a flow says.
"""
