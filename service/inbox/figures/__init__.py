"""Figures of the team: who waits now, how long people wait, how many conversations there are, and who answers them.

Does not belong here: what counts as a case, how it is counted (the functions `inbox_cases` and `inbox_figures`); what
working time is (`service/core/kept_hours.py`).
"""
