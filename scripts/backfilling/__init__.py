"""Carrying the legacy client's rows over, in small transactions while both applications write.

`scripts/backfill.py` is the command. What a row means is said once, in SQL (`private.map_legacy_message`); this package
only decides which rows come next, how many at a time, and when to wait.
"""
