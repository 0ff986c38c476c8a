"""The API for everybody who wonders whether somebody would answer.

One row is asked for at most each 30 seconds by a process, whoever asks; what follows from it is worked out anew each
time, so an opening is told at its second.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

from flask import Blueprint, Response, jsonify

from service.conversations import actions
from service.conversations.responding import team_of
from service.core.errors import UpstreamUnavailable
from service.core.mapper import Row
from service.http.context import part
from service.supabase.clients import Upstream

# Seconds: how long the row is kept, and how long somebody waits for another who asks for it.
KEPT = 30.0
PATIENCE = 1.0

bp = Blueprint("team", __name__, url_prefix="/api/v1")


@bp.get("/team")
def team() -> Response:
    """Whether somebody would answer now, and when the team is back."""
    known, now = team_of(part(TeamRow).get()), datetime.now(UTC)
    opens_at = known.hours.opens_at(now)
    return jsonify(
        isOnline=known.is_online(now),
        opensAt=opens_at and opens_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        expectedReplySeconds=known.expected_reply_seconds,
    )


class TeamRow:
    """The row of the team, as it was at most 30 seconds ago. Safe to use from several threads."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self._asking = threading.Lock()
        # Another one after each change that this process knows of.
        self._era = object()
        self._kept: tuple[object, float, Row] | None = None

    def forget(self) -> None:
        """Ask anew the next time: this process knows that it was changed. What is being asked for now may be of before:
        it is told to whoever asked, and not kept."""
        self._era = object()

    def get(self) -> Row:
        """The row. Raises MunuiError where it has to be asked for and cannot be."""
        kept = self._known()
        if kept is not None and time.monotonic() - kept[0] < KEPT:
            return kept[1]
        # One asks for all. Nobody who has something to tell waits for it, and nobody for long.
        if not self._asking.acquire(timeout=PATIENCE if kept is None else 0):
            if kept is None:
                raise UpstreamUnavailable("Supabase is slow to tell of the team")
            return kept[1]
        try:
            known = self._known()
            if known is not None and known != kept:
                return known[1]
            era, asked_at = self._era, time.monotonic()
            row = actions.read_team(self._upstream.service_client())
            self._kept = era, asked_at, row
            return row
        finally:
            self._asking.release()

    def _known(self) -> tuple[float, Row] | None:
        """When the row was asked for, and what it was, where nobody has changed it since."""
        kept = self._kept
        return None if kept is None or kept[0] is not self._era else kept[1:]
