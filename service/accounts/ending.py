"""The end of an account, asked for by its member on a page or in the API.

Belongs here: what both of them do. Does not belong here: the steps (`store.py`), whether it is meant (the page).
"""

from __future__ import annotations

from service.accounts import store
from service.accounts.session import Sessions
from service.accounts.tokens import Member
from service.http.context import part
from service.http.in_flight import InFlight
from service.http.streams import in_time
from service.supabase.clients import Upstream


def end_account(member: Member) -> None:
    """Remove the account and everything of it, however long that takes, and the session of this request.

    Raises RateLimited, Unauthenticated, UpstreamUnavailable.
    """
    with part(InFlight).removals.one(member.id):
        for _ in in_time(store.steps(part(Upstream), member.id)):
            pass
    part(Sessions).end()
