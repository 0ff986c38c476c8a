"""Work that is done after the request that asked for it, by processes of their own: `python -m service.jobs`.

Belongs here: taking jobs, doing each with the handler of its kind, and telling how it ended. Does not belong here: what
a kind of job does; features say that (`work.py` of each), and `service/jobs_app.py` puts them together.
"""
