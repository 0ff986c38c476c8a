"""Who asks: signing in and up, sessions and tokens, an account as Supabase Auth knows it, and the end of it.

Does not belong here: what a member says and keeps (conversations), who may see a row (the database).
"""
