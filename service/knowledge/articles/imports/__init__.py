"""Articles brought in: from files, from a table of questions and answers, from pages of a site.

Belongs here: reading them, with what guards it, and taking over what was read. Does not belong here: what is done where
somebody has edited or deleted an article here (the database).
"""
