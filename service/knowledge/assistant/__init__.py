"""The assistant as admins set it up: settings and their versions, the try-out, and the page of what was answered.

Does not belong here: finding and answering, which read `instructions.py`.
"""
