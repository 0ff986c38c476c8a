"""What the catalogue of a database says about the product's schemas, as comparable text.

Facts, their comparison, the schema file and the changes for a migration each have a module; `scripts/policy_check.py`
and `scripts/schema.py` are the commands around them.
"""
