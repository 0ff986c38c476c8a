"""A guest's conversations become a member's: what the replay made is written for the owner whom the token names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from service.conversations.store import message_row
from service.core.mapper import Row
from service.dialogue.message import Message
from service.dialogue.replayed import Placed, Replay, Said, Submitted
from service.guests import actions
from service.supabase.clients import Upstream


@dataclass(frozen=True, slots=True)
class ReplayedConversation:
    """A replayed conversation, the key that its row gets, and the id that the guest's browser gave it."""

    id: UUID
    client_conversation_id: UUID
    replay: Replay


def read_flows(upstream: Upstream, token: str, versions: set[str]) -> dict[str, dict[str, Any]]:
    """The definitions of older flows, as far as they are kept. Raises MunuiError."""
    return actions.read_flows(upstream.member_client(token), versions) if versions else {}


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


def _conversation(one: ReplayedConversation) -> dict[str, Any]:
    replay = one.replay
    return {
        "id": str(one.id),
        "client_conversation_id": str(one.client_conversation_id),
        "state": replay.state.to_json(),
        "status": "completed" if replay.state.is_completed else "open",
        "messages": [_message(placed, replay.answers) for placed in replay.messages],
        "inquiries": [_inquiry(inquiry) for inquiry in replay.inquiries],
    }


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
        "locale": inquiry.locale,
    }
