"""The event streams of members and of operators: who may open one.

Belongs here: the head of a stream, made as every other answer is. Does not belong here: how it goes on (`streams.py`).
"""

from __future__ import annotations

from flask import Blueprint, Response

from service.accounts.who import Member, current_member
from service.core.errors import NotAnOperator
from service.http.client_address import client_network
from service.http.context import part, request_id
from service.http.kept_open import can_stay_open, keep_open
from service.live import actions
from service.live.hub import Hub
from service.live.places import Places
from service.live.streams import Stream
from service.supabase.clients import Upstream

bp = Blueprint("live", __name__, url_prefix="/api/v1")


@bp.get("/events")
def events() -> Response:
    """Hear of changes in the member's conversations."""
    return _stream(current_member(), is_operator=False)


@bp.get("/inbox/events")
def inbox_events() -> Response:
    """Hear of changes in all conversations, of who types and who looks."""
    member = current_member()
    if not actions.is_operator(part(Upstream).service_client(), str(member.id)):
        raise NotAnOperator
    return _stream(member, is_operator=True)


def _stream(member: Member, *, is_operator: bool) -> Response:
    """Raises RateLimited where too many are open."""
    if can_stay_open():
        give_back = part(Places).take(member.id, client_network())
        keep_open(Stream(part(Hub), member, is_operator=is_operator, request_id=request_id(), give_back=give_back))
    # Nobody knows how long it is. Proxies that hold an answer back until they have all of it never would.
    return Response(iter(()), content_type="text/event-stream", headers={"X-Accel-Buffering": "no"})
