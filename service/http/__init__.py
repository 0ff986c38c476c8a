"""Everything HTTP: who asks, what may be asked, and how an answer looks.

Does not belong here: what the bot says (engine), what is saved (store), and how Supabase is called (actions).
"""
