"""Applying `supabase/migrations` by the rules of the official CLI.

Files, statements, history and the run each have a module; `scripts/migrate.py` is the command around them.
"""
