"""Who reads the help, and under whose rights.

Belongs here: choosing the client of a request. Does not belong here: what is read (`actions.py`).
"""

from __future__ import annotations

from service.accounts.who import current_member, optional_member
from service.http.context import part
from service.http.credential import credential
from service.knowledge.help.actions import Reader
from service.supabase.clients import Upstream


def reader() -> Reader:
    """A member under their own rights; for a guest the service, which asks for what everybody may read.

    A token that does not hold is refused, so that whoever sent it gets a new one instead of less to read.

    Raises Unauthenticated, TokenExpired, RateLimited, UpstreamUnavailable.
    """
    member = current_member() if credential() == "header" else optional_member()
    upstream = part(Upstream)
    if member is None:
        return Reader(upstream.service_client(), "all")
    return Reader(upstream.member_client(member.token), None)
