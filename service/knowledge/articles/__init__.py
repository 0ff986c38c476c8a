"""Articles: written by the team, brought in from files and pages, cut into pieces that are found and told.

Does not belong here: finding them and answering with them.
"""
