"""As `models.py`, of the calls around people who answer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    StringConstraints,
)

from service.conversations.models import Conversation, Message, said
from service.core.mapper import Inbound, Outbound, Row

# Beyond this a browser no longer tells one whole number from the next.
_LARGEST = 2**53 - 1


def _exact(value: object) -> object:
    # Else it would become the nearest float, and where there is none nothing at all.
    if isinstance(value, int) and abs(value) > _LARGEST:
        raise ValueError(f"must be a whole number from -{_LARGEST} to {_LARGEST}, or a text")
    return value


LanguageTag = Annotated[str, StringConstraints(pattern="^[A-Za-z0-9]{1,8}([-_][A-Za-z0-9]{1,8})*$", max_length=35)]
AttributeName = Annotated[str, StringConstraints(min_length=1, max_length=100)]
AttributeValue = Annotated[StrictStr | StrictBool | StrictInt | StrictFloat | None, BeforeValidator(_exact)]


class HandoverBody(Inbound):
    """`POST` and `DELETE /conversations/{id}/handover`."""

    request_id: UUID | None = None


class OwnTypingBody(Inbound):
    """`PUT /conversations/{id}/typing`."""

    is_typing: StrictBool


class RatingBody(Inbound):
    """`PUT /conversations/{id}/rating`."""

    score: Annotated[StrictInt, Field(ge=1, le=5)]
    comment: Annotated[str, AfterValidator(said)] | None = None


class ContactBody(Inbound):
    """`PUT /me/contact`. What is left out stays as it is."""

    page_url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$", max_length=2048)] | None = None
    locale: LanguageTag | None = None
    attributes: dict[AttributeName, AttributeValue] | None = None


class OwnContact(Outbound):
    """What the embedding page said of the member. Nobody has verified it."""

    page_url: str | None
    locale: str | None
    attributes: Row


class TeamPresence(Outbound):
    """Whether somebody would answer now."""

    is_online: bool = Field(description="Somebody is there, within the hours.")
    opens_at: datetime | None = Field(description="When the team is back; null while it is there, or if nobody knows.")
    expected_reply_seconds: int | None


class HandledConversation(Outbound):
    """A conversation that is handled by others now, and what was said about it."""

    conversation: Conversation
    messages: list[Message]


class RatedConversation(Outbound):
    """A conversation that was rated."""

    conversation: Conversation
