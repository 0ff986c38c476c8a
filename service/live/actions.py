"""What the hub asks of the database, with the service's own rights: an action a question.

Does not belong here: how often it is asked (`hub.py`), who is told (`audience.py`).
"""

from __future__ import annotations

from collections.abc import Iterable

from postgrest import SyncPostgrestClient

from service.live.news import News, People
from service.supabase.calls import call, call_for, tell
from service.supabase.clients import Upstream

# How many conversations one call gives back at most. The next one goes on.
_MOST_RETURNED = 200


def is_operator(service: SyncPostgrestClient, user_id: str) -> bool:
    """Whether this account is an active operator's. Raises UpstreamUnavailable."""
    return user_id in _people(service, [user_id]).operators


def read_news(upstream: Upstream, cursor: str | None) -> News:
    """What has changed since a cursor; without one, a cursor that begins now. Raises UpstreamUnavailable, Internal."""
    return call_for(upstream.service_client(), "live_feed", {"p_cursor": cursor}, News.from_row)


def read_people(upstream: Upstream, user_ids: Iterable[str]) -> People:
    """Who of these still has an account, and who is an operator. Raises UpstreamUnavailable, Internal."""
    return _people(upstream.service_client(), list(user_ids))


def return_idle(upstream: Upstream, seconds: int) -> None:
    """Have conversations wait for somebody whose operator has been gone for so long.

    Raises UpstreamUnavailable, Internal.
    """
    tell(upstream.service_client(), "inbox_return_idle", {"p_seconds": seconds, "p_limit": _MOST_RETURNED})


def _people(service: SyncPostgrestClient, user_ids: list[str]) -> People:
    found = call(service, "live_people", {"p_user_ids": user_ids}, ("members", "operators"))
    return People(frozenset(found["members"]), frozenset(found["operators"]))
