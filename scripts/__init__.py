"""Programs for people and for checks: the local stack, migrations, the policy check.

What the running service needs at a request lives in `service`, never here.
"""
