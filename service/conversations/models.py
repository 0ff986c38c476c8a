"""The bodies that the API takes. Their shape; whether they fit a conversation is decided later."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from service.core.mapper import Inbound

ShortText = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class TextEvent(Inbound):
    """Free text."""

    type: Literal["text"]
    content: str


class ChipEvent(Inbound):
    """A click on a chip of a message."""

    type: Literal["chip"]
    message_id: UUID
    chip_id: ShortText


class FormEvent(Inbound):
    """A form message, filled in."""

    type: Literal["form"]
    message_id: UUID
    values: dict[str, Any]


EventBody = Annotated[TextEvent | ChipEvent | FormEvent, Field(discriminator="type")]


class ConversationBody(Inbound):
    """`POST /conversations`."""

    client_conversation_id: UUID
    request_id: UUID | None = None


class TurnBody(Inbound):
    """`POST /conversations/{id}/turns`."""

    client_message_id: UUID
    request_id: UUID | None = None
    event: EventBody


class ReadBody(Inbound):
    """`PUT /conversations/{id}/read`."""

    up_to_message_id: UUID | None = None


class InquiryBody(Inbound):
    """`POST /inquiries`."""

    client_inquiry_id: UUID
    flow_version: ShortText
    step_id: ShortText
    values: dict[str, Any]


class GuestEvent(Inbound):
    """One event of a guest."""

    client_message_id: UUID
    event: EventBody


class GuestConversation(Inbound):
    """One conversation of a guest."""

    client_conversation_id: UUID
    flow_version: ShortText
    events: Annotated[list[GuestEvent], Field(max_length=200)]


class ImportBody(Inbound):
    """`POST /import`."""

    conversations: Annotated[list[GuestConversation], Field(max_length=20)]
