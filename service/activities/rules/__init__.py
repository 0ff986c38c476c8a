"""Rules: what is to happen by itself when something happened, or when nothing did for long.

Does not belong here: what an action does to a conversation (the database, in one transaction), when a job is done
(`service/jobs`).
"""
