"""Notes: what operators write for each other.

Does not belong here: anything that a customer is answered.
"""
