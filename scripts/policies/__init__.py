"""Who may do what in a database, as comparable text. `scripts/policy_check.py` is the command around it."""
