"""`make eval`: does the knowledge find what people ask for, and is it silent where it holds nothing?

Belongs here: the set, asking it of a real database, figures and the document. Does not belong here: how it is found
(supabase/schemas/functions/kb_*.sql).
"""
