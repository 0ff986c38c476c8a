"""The only way out to Supabase: connections, clients, one call and what its refusals mean.

Does not belong here: what is asked; that is said by the actions of each feature.
"""
