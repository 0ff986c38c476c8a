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
    from service.accounts.session import Sessions
    from service.accounts.tokens import TokenVerifier
    from service.conversations.known_flows import Dialogue
    from service.http.limits import Limits
    from service.settings import Settings
    from service.supabase.clients import Upstream

EXTENSION = "munui"


@dataclass(frozen=True, slots=True)
class Services:
    """The parts an app was composed of. Each is safe to use from several threads."""

    settings: Settings
    upstream: Upstream
    tokens: TokenVerifier
    sessions: Sessions
    limits: Limits
    dialogue: Dialogue


def services() -> Services:
    """The container of the app that serves this request."""
    return cast("Services", current_app.extensions[EXTENSION])


def request_id() -> UUID:
    """The id of this request: in its log line, in its answer, and in the rows it writes."""
    return cast("UUID", g.request_id)


def wants_json() -> bool:
    """Whether this path belongs to machines: its errors are problem+json and never a page."""
    return request.path.startswith("/api/") or request.path in ("/api", "/healthz", "/readyz")
