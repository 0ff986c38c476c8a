"""Applying `supabase/migrations`, and `supabase/legacy`, by the rules of the official CLI.

Files, statements, history, the session, where a database stands, one file's application and the run each have a module;
`scripts/migrate.py` is the command around them.
"""
