"""What the hub asks of the database, with the service's own rights: an action a question.

Does not belong here: how often it is asked (`hub.py`), who is told (`audience.py`).
"""

from __future__ import annotations

from collections.abc import Iterable

from postgrest import SyncPostgrestClient

from service.live.news import News, People
from service.supabase.calls import call, call_for
from service.supabase.clients import Upstream


def is_operator(service: SyncPostgrestClient, user_id: str) -> bool:
    """Whether this account is an active operator's. Raises UpstreamUnavailable."""
    return user_id in _people(service, [user_id]).operators


def read_news(upstream: Upstream, cursor: str | None) -> News:
    """What has changed since a cursor; without one, a cursor that begins now. Raises UpstreamUnavailable, Internal."""
    return call_for(upstream.service_client(), "live_feed", {"p_cursor": cursor}, News.from_row)


def read_people(upstream: Upstream, user_ids: Iterable[str]) -> People:
    """Who of these still has an account, and who is an operator. Raises UpstreamUnavailable, Internal."""
    return _people(upstream.service_client(), list(user_ids))


def _people(service: SyncPostgrestClient, user_ids: list[str]) -> People:
    found = call(service, "live_people", {"p_user_ids": user_ids}, ("members", "operators"))
    return People(frozenset(found["members"]), frozenset(found["operators"]))
