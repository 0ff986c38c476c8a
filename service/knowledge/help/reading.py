"""Who reads the help pages, and under whose rights.

Belongs here: choosing the client of a request. Does not belong here: what is read (`actions.py`).
"""

from __future__ import annotations

from service.accounts.who import optional_member
from service.http.context import part
from service.knowledge.help.actions import Reader
from service.supabase.clients import Upstream


def reader() -> Reader:
    """A member under their own rights; for a guest the service, which asks for what everybody may read.

    Raises RateLimited, UpstreamUnavailable.
    """
    member, upstream = optional_member(), part(Upstream)
    if member is None:
        return Reader(upstream.service_client(), "all")
    return Reader(upstream.member_client(member.token), None)
