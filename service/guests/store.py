"""A guest's conversations become a member's: those of a browser, which were run again, and those of a session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog

from service.accounts import actions as accounts
from service.conversations.models import GuestSource
from service.conversations.store import kept_row, message_row
from service.core.errors import FieldError, Invalid, Unauthenticated, UpstreamUnavailable
from service.core.mapper import Row
from service.dialogue.knowledge import Answer
from service.dialogue.message import Message
from service.dialogue.replayed import Asked, Placed, Replay, Said, Submitted
from service.guests import actions
from service.supabase.clients import Upstream

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ReplayedConversation:
    """A replayed conversation, the key that its row gets, and the id that the guest's browser gave it."""

    id: UUID
    client_conversation_id: UUID
    replay: Replay


def read_flows(upstream: Upstream, token: str, versions: set[str]) -> dict[str, dict[str, Any]]:
    """The definitions of older flows, as far as they are kept. Raises MunuiError."""
    return actions.read_flows(upstream.member_client(token), versions) if versions else {}


def read_said(upstream: Upstream, sources: Sequence[GuestSource]) -> dict[GuestSource, Answer]:
    """What pieces of articles said to everybody, as far as they may still be told. Raises MunuiError."""
    if not sources:
        return {}
    rows = actions.read_said(upstream.service_client(), [source.model_dump(mode="json") for source in sources])
    return {source: Answer.from_row(row) for source, row in zip(sources, rows, strict=True) if row}


def import_conversations(
    upstream: Upstream,
    user_id: UUID,
    conversations: list[ReplayedConversation],
    *,
    flow_version: str,
    flow: dict[str, Any],
    request_id: UUID,
) -> list[Row]:
    """Write conversations of one flow, all or none, and none twice. Raises MunuiError."""
    return actions.import_conversations(
        upstream.service_client(),
        user_id,
        [_conversation(one) for one in conversations],
        flow_version=flow_version,
        flow=flow,
        request_id=request_id,
    )


def claim(upstream: Upstream, guest_id: UUID, user_id: UUID) -> int:
    """Move what the session of a guest holds to a member, and remove the account that is then empty; may be repeated.

    Returns how many conversations were moved. Raises Invalid where the account is no guest's any more, MunuiError.
    """
    account = accounts.find_user(upstream, guest_id)
    if account is None:
        return 0
    if not account.is_anonymous:
        # The token is older than the account's name.
        raise Invalid(errors=[FieldError("guestAccessToken", "is not a guest's")])
    moved: int = actions.claim_guest(upstream.service_client(), guest_id, user_id)["moved"]
    try:
        accounts.delete_user(upstream, guest_id)
    except (Unauthenticated, UpstreamUnavailable):
        # Gone already, or for retention: nothing is in it, and nothing can be written into it.
        log.warning("guest_left_behind")
    return moved


def _conversation(one: ReplayedConversation) -> dict[str, Any]:
    replay = one.replay
    return {
        "id": str(one.id),
        "client_conversation_id": str(one.client_conversation_id),
        "state": replay.state.to_json(),
        "status": "completed" if replay.state.is_completed else "open",
        "messages": [_message(placed, replay.answers) for placed in replay.messages],
        "inquiries": [_inquiry(inquiry) for inquiry in replay.inquiries],
        "answers": [_asked(one) for one in replay.asked],
    }


def _asked(one: Asked) -> dict[str, Any]:
    # That nothing was found was kept when it was asked.
    return {"message_id": str(one.message_id), "knowledge": kept_row(one.kept) | {"is_missed": False}}


def _message(placed: Placed, answers: dict[UUID, dict[str, Any]]) -> dict[str, Any]:
    message = placed.message
    row = _said_row(message) if isinstance(message, Said) else _bot_row(message, answers)
    return row | {"turn_id": str(placed.turn_id)}


def _bot_row(message: Message, answers: dict[UUID, dict[str, Any]]) -> dict[str, Any]:
    return message_row(message) | {"answer": answers.get(message.id), "event": None, "in_reply_to": None}


def _said_row(said: Said) -> dict[str, Any]:
    return {
        "id": str(said.id),
        "client_message_id": str(said.client_message_id),
        "role": "user",
        "kind": "text",
        "content": said.content,
        "payload": None,
        "step_id": None,
        "event": said.event,
        "in_reply_to": said.in_reply_to and str(said.in_reply_to),
        "answer": None,
    }


def _inquiry(inquiry: Submitted) -> dict[str, Any]:
    return {
        "client_inquiry_id": str(inquiry.client_inquiry_id),
        "message_id": str(inquiry.message_id),
        "step_id": inquiry.step_id,
        "values": inquiry.values,
        "normal": inquiry.normal,
        "locale": inquiry.locale,
    }
