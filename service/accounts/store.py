"""The end of an account, in steps that each take a moment, however much was written.

Belongs here: their order. Does not belong here: who may ask for it.

A removal that breaks off leaves an account with less in it, which its member can use and remove again; the next one
goes on where this one stopped.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from service.accounts import actions
from service.supabase.clients import Upstream


def steps(upstream: Upstream, user_id: UUID) -> Iterator[None]:
    """Remove what a member has written, a round at a time, and at last the account with the rest of it.

    Each step is one request. Raises Unauthenticated where there is no such account, UpstreamUnavailable.
    """
    while actions.forget(upstream.service_client(), user_id)["has_more"]:
        yield
    actions.delete_user(upstream, user_id)
