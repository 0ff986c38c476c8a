"""Words that everybody uses. Pure: no Flask, no network, no clock, and nothing of ours.

Does not belong here: what only one room says.
"""
