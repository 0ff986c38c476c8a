"""What all calls of the inbox share: who asks, the ids in a path, and which of several refusals is told.

Where several apply, the earlier of 401, 403, 404, 409, 422 is the one that is told. What stands before a 422 only the
database knows, so a request that is not valid is asked about once more, for that alone.
"""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response

from service.accounts.who import current_member
from service.core.errors import Overtaken
from service.core.ids import uuid_or_none
from service.core.text import is_storable
from service.http.context import part
from service.http.problems import problem_response
from service.inbox import shown
from service.inbox.asking import Asking
from service.supabase.clients import Upstream

# Stands for an id that is none: nothing is ever found under it.
NOBODY = UUID(int=0)


def asking() -> Asking:
    """Who asks. Raises Unauthenticated, TokenExpired, RateLimited, UpstreamUnavailable."""
    return Asking(part(Upstream), current_member().id)


def tell_overtaken(bp: Blueprint) -> Blueprint:
    """`bp`, whose refusals say what it is now where somebody was faster."""

    @bp.errorhandler(Overtaken)
    def overtaken(error: Overtaken) -> Response:
        return problem_response(shown.overtaken(error))

    return bp


def known_id(text: str) -> UUID:
    """An id in a path. One that is none is looked for like any other: who may not know is told that first."""
    return uuid_or_none(text) or NOBODY


def storable(text: str) -> str:
    """A word of a query as a question to the database; one that it cannot hold is in no row."""
    return text if is_storable(text) else "\ufffd"
