"""Ways out to machines that somebody named: never into this network, each with limits of its own.

Belongs here: who may be reached, and connections that hold to it. Does not belong here: what is sent or read there (the
feature that does), Supabase (`supabase/`).
"""
