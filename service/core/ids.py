"""The rule by which a bot message gets its id (UUIDv5, RFC 9562 section 5.5).

It depends on nothing but the conversation, the user's message and the place in the turn, so a turn that is written
again writes the same rows, and a guest's browser derives its ids by the same rule.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid5

NewId = Callable[[int], UUID]
OPENING = "opening"

RULE = {
    "version": "uuid5",
    "namespace": "conversationId",
    "name": "{clientMessageId}/{place}",
    "openingName": OPENING + "/{place}",
}


def derived_ids(conversation_id: UUID, client_message_id: UUID | None) -> NewId:
    """A function from a place in the turn (0 is the first bot message) to the id of the message there.

    `client_message_id` is None for the opening, which no message of the user began.
    """
    turn = OPENING if client_message_id is None else str(client_message_id)
    return lambda place: uuid5(conversation_id, f"{turn}/{place}")


def change_id(conversation_id: UUID, state_version: int) -> UUID:
    """The id of what is said because somebody else handles the conversation now, or it was completed for the visitor.

    No message of theirs began it; the `state_version` that it began from tells it from every other.
    """
    return uuid5(conversation_id, f"change/{state_version}")


def change_ids(conversation_id: UUID, state_version: int) -> NewId:
    """As `derived_ids`, for such a change."""
    return lambda place: uuid5(conversation_id, f"change/{state_version}/{place}")


def uuid_or_none(value: object) -> UUID | None:
    """An id that somebody wrote, if it is one."""
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
