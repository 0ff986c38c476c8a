"""Who reads the help: a member under their own rights, or the service for a guest, narrowed to what is for everybody."""

from __future__ import annotations

from service.accounts.who import current_member, optional_member
from service.http.context import part
from service.http.credential import credential
from service.knowledge.help.actions import Reader
from service.supabase.clients import Upstream


def reader() -> Reader:
    """Who reads. A token that does not hold is refused, so that a member gets a new one instead of less to read.

    Raises Unauthenticated, TokenExpired, RateLimited, UpstreamUnavailable.
    """
    member = current_member() if credential() == "header" else optional_member()
    upstream = part(Upstream)
    if member is None:
        return Reader(upstream.service_client(), "all")
    return Reader(upstream.member_client(member.token), None)
