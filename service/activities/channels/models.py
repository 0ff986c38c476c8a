"""What the calls about channels take and answer, as models."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints
from pydantic.json_schema import SkipJsonSchema

from service.conversations.models import Author, Cursor, Message
from service.conversations.people_models import AttributeName, AttributeValue
from service.core.blank import is_blank
from service.core.mapper import Inbound, Outbound, Row
from service.inbox.fields import LEFT_OUT, Flag, Handling, Moment, Name, Status, Text, within

MessageStatus = Literal["sent", "delivered", "read", "failed"]


def _visible(text: str) -> str:
    if is_blank(text):
        raise ValueError("must show something")
    return text


# What the other system calls something, kept as it is.
ExternalId = Annotated[str, StringConstraints(min_length=1, max_length=255), AfterValidator(_visible)]


class IncomingContact(Inbound):
    """Who wrote it. What is left out, or null, stays as it is."""

    external_id: ExternalId
    name: Annotated[str, AfterValidator(within(200))] | None = None
    email: Annotated[str, AfterValidator(within(320))] | None = None
    phone: Annotated[str, AfterValidator(within(255))] | None = None
    attributes: dict[AttributeName, AttributeValue] | None = Field(
        default=None, description="Takes the place of all that were told before; at most 8 KB."
    )


class IncomingMessageBody(Inbound):
    """`POST /channel/messages`."""

    contact: IncomingContact
    external_message_id: ExternalId = Field(description="Unique in the channel: sent again it is the same message.")
    content: Text
    thread_key: ExternalId | None = Field(
        default=None, description="Which conversation of the contact it belongs to, where they do not share one."
    )
    sent_at: Moment | None = Field(default=None, description="When it was written; by default now.")


class MessageStatusBody(Inbound):
    """`PATCH /channel/messages/{id}/status`."""

    status: Literal["delivered", "read", "failed"]
    error: Annotated[str, AfterValidator(within(1_000))] | None = Field(default=None, description="Why it failed.")
    at: Moment | None = Field(default=None, description="When that was; by default now.")


class ChannelBody(Inbound):
    """`POST /inbox/channels`."""

    name: Name
    single_thread: Flag = Field(
        default=False, description="Whether all that a contact writes comes together in one conversation."
    )
    webhook_id: UUID | None = Field(default=None, description="Where the answers go out.")

    @property
    def values(self) -> Row:
        """What is to be kept, as the database takes it."""
        return self.model_dump(mode="json", exclude_unset=True)


class ChangedChannelBody(ChannelBody):
    """`PATCH /inbox/channels/{id}`: what is left out stays as it is."""

    name: Name = LEFT_OUT
    single_thread: Flag = LEFT_OUT


class ReceivedMessage(Outbound):
    """A message that came in."""

    conversation_id: UUID
    message_id: UUID


class SettledMessage(Outbound):
    """How far a message got."""

    id: UUID
    status: MessageStatus


class RetriedMessage(SettledMessage):
    """A message that goes out once more."""

    attempt: int = Field(ge=1, description="How often it was sent, this time included.")


class ChannelContact(Outbound):
    """Whoever a conversation belongs to, as the other system calls them."""

    external_id: str


class ChannelConversation(Outbound):
    """A conversation of a channel, as its contact may see it."""

    id: UUID
    status: Status
    handling: Handling
    created_at: datetime
    rev: int = Field(description="Counts what changed; for `changedAfter`.")
    agent: Author | None
    contact: ChannelContact
    thread_key: str | None


class ChannelMessages(Outbound):
    """A page of messages, oldest first; with `changedAfter` what changed, in the order of `rev` and without cursors."""

    conversation: ChannelConversation
    messages: list[Message]
    next_cursor: Cursor | None = Field(None, description="For `after`: there are later messages.")
    previous_cursor: Cursor | None = Field(None, description="For `before`: there are earlier messages.")
    has_more: bool | SkipJsonSchema[None] = Field(
        None, description="With `changedAfter`: ask again, after the `rev` of the last message."
    )


class Channel(Outbound):
    """A channel of another system. Its `id` is the `channel` of its conversations."""

    id: UUID
    name: str
    single_thread: bool
    webhook_id: UUID | None
    has_key: bool = Field(description="Whether a key opens it.")
    created_at: datetime


class ChannelList(Outbound):
    """All channels."""

    channels: list[Channel]
    next_cursor: None


class KeyedChannel(Channel):
    """A channel with a new key, which is shown this once."""

    key: str = Field(description="For `Authorization: Bearer`. Nobody can show it again.")
