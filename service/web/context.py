"""What one app holds for all its requests, in one typed place.

Belongs here: the container and the way to reach it. Does not belong here: making its parts
(`service/app.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from uuid import UUID

from flask import current_app, g, request

if TYPE_CHECKING:
    from service.actions.clients import Upstream
    from service.settings import Settings
    from service.web.dialogue import Dialogue
    from service.web.in_flight import InFlight
    from service.web.limits import Limits
    from service.web.session import Sessions
    from service.web.tokens import TokenVerifier

EXTENSION = "munui"


@dataclass(frozen=True, slots=True)
class Services:
    """The parts an app was composed of. Each is safe to use from several threads."""

    settings: Settings
    upstream: Upstream
    tokens: TokenVerifier
    sessions: Sessions
    limits: Limits
    in_flight: InFlight
    dialogue: Dialogue


def services() -> Services:
    """The container of the app that serves this request."""
    return cast("Services", current_app.extensions[EXTENSION])


def request_id() -> UUID:
    """The id of this request: in its log lines, in its answer, and in the rows it writes unless its body names one."""
    return cast("UUID", g.request_id)


def adopt_request_id(given: UUID | None) -> UUID:
    """The id for the rows of this request: the one that its body gives, or its own.

    A request that brought no id in its header takes the body's for itself, before anything is asked of Supabase; one
    that did keeps its own, so that its log lines, its answer and its problem all carry one.
    """
    if given is not None and not g.has_given_id:
        g.request_id = given
    return given or request_id()


def wants_json() -> bool:
    """Whether this path belongs to machines: its errors are problem+json and never a page."""
    return request.path.startswith("/api/") or request.path in ("/api", "/healthz", "/readyz")
