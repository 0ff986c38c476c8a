"""The bodies that the API takes. Their shape; whether they fit a conversation is decided later."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from service.domain.errors import Invalid
from service.domain.text import user_text
from service.mapper import Inbound


def _said(text: str) -> str:
    try:
        return user_text(text)
    except Invalid as error:
        raise ValueError(error.errors[0].message) from None


ShortText = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class GuestText(Inbound):
    """Free text of a guest's conversation: one that cannot be kept is left out of an import, and the others go on."""

    type: Literal["text"]
    content: str


class TextEvent(GuestText):
    """Free text."""

    content: Annotated[str, AfterValidator(_said)]


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
GuestEventBody = Annotated[GuestText | ChipEvent | FormEvent, Field(discriminator="type")]


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
    event: GuestEventBody


class GuestConversation(Inbound):
    """One conversation of a guest."""

    client_conversation_id: UUID
    flow_version: ShortText
    events: Annotated[list[GuestEvent], Field(max_length=200)]


class ImportBody(Inbound):
    """`POST /import`."""

    conversations: Annotated[list[GuestConversation], Field(max_length=20)]
