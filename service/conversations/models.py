"""What the calls about conversations take and answer, as models.

Belongs here: the shape of bodies, and of answers, which the tests hold against real ones. Does not belong here: whether
a body fits its conversation (decided later), making answers (`shown.py`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints
from pydantic.json_schema import SkipJsonSchema

from service.core.errors import Invalid
from service.core.locale import Locale
from service.core.mapper import Inbound, Outbound, Row
from service.core.text import user_text
from service.dialogue.flow import FieldType
from service.dialogue.message import Kind, Role

Cursor = Annotated[str, StringConstraints(pattern="^[0-9]+$")]
ShortText = Annotated[str, StringConstraints(min_length=1, max_length=200)]


def said(text: str) -> str:
    """What a person wrote, trimmed. Raises ValueError with a sentence about it."""
    try:
        return user_text(text)
    except Invalid as error:
        raise ValueError(error.errors[0].message) from None


class GuestSource(Inbound):
    """The piece of an article that a guest's browser said. Its words are the database's."""

    article_id: UUID
    version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    place: Annotated[int, Field(ge=0, le=2**31 - 1)]


class GuestAnswer(Inbound):
    """What a guest's question got, as `POST /answers` told it; without a `source` nothing was known."""

    locale: Locale
    source: GuestSource | None


class GuestText(Inbound):
    """Free text of a guest's conversation: one that cannot be kept is left out of an import, and the others go on."""

    type: Literal["text"]
    content: str
    answered: GuestAnswer | SkipJsonSchema[None] = Field(
        None, description="Where it was a question: what it got. Left out where nothing was asked."
    )


class TextEvent(Inbound):
    """Free text."""

    type: Literal["text"]
    content: Annotated[str, AfterValidator(said)]


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


class ShownChip(Outbound):
    """One chip."""

    id: str
    label: str


class AnswerSource(Outbound):
    """The piece of an article that an answer stands in; its page is `/help/{slug}`."""

    article_id: UUID
    version: int
    place: int = Field(description="Which piece of that version, from 0.")
    chunk_id: str
    slug: str
    title: str
    locale: Locale
    quote: str | SkipJsonSchema[None] = Field(None, description="The words of it that a worded answer stands on.")


class ChipsPayload(Outbound):
    """Of a message of kind `chips`. One with `sources` is an answer from articles: its `content` stands there."""

    chips: list[ShownChip]
    sources: list[AnswerSource] | SkipJsonSchema[None] = None
    is_looking: bool | SkipJsonSchema[None] = Field(None, description="An answer is being looked for, and follows.")


class ShownOption(Outbound):
    """One choice of a select field."""

    value: str
    label: str


class ShownField(Outbound):
    """One field of a form; lengths are in code points, after trimming."""

    name: str
    type: FieldType
    label: str
    required: bool
    options: list[ShownOption] | SkipJsonSchema[None] = None
    minlength: int | SkipJsonSchema[None] = None
    maxlength: int | SkipJsonSchema[None] = None
    help: str | SkipJsonSchema[None] = None
    placeholder: str | SkipJsonSchema[None] = None
    short: str | SkipJsonSchema[None] = None
    autocomplete: str | SkipJsonSchema[None] = None


class FormPayload(Outbound):
    """Of a message of kind `form`."""

    fields: list[ShownField]


class ChipAnswer(Outbound):
    """How chips were answered."""

    chip_id: str
    label: str


class FormAnswer(Outbound):
    """How a form was answered."""

    values: dict[str, str | bool]


class UnfitAnswer(Outbound):
    """An answer that no longer fitted when it was looked at: nothing is kept of it."""


class Author(Outbound):
    """The person of the team who wrote a message."""

    name: str
    avatar_url: str | None


class Agent(Author):
    """The person of the team who has a conversation."""

    is_typing: bool


class Message(Outbound):
    """A message. `text` and `notice` have `content`, `chips` and `form` have `payload`."""

    id: UUID
    conversation_id: UUID
    role: Role
    kind: Kind
    content: str | None
    payload: ChipsPayload | FormPayload | None
    in_reply_to: UUID | None = Field(description="The interactive message that this one answers.")
    client_message_id: UUID | None
    request_id: UUID | None
    created_at: datetime
    answered_at: datetime | None
    answer: ChipAnswer | FormAnswer | UnfitAnswer | None
    author: Author | None = Field(description="Who of the team wrote it; null for the bot, the service and the member.")
    status: Literal["sent", "delivered", "read", "failed"] | None = Field(
        description="How far it got; null where nobody can tell."
    )
    rev: int = Field(description="The conversation's `rev` when it was written or last changed.")
    cursor: Cursor = Field(description="Its place in the conversation, for `before` and `after`.")


class Conversation(Outbound):
    """A conversation, as its owner sees it."""

    id: UUID
    client_conversation_id: UUID
    status: Literal["open", "completed"]
    created_at: datetime
    unread_count: int = Field(ge=0, le=100, description="Exact up to 99; 100 stands for more.")
    last_read_at: datetime | None
    title: str | None = Field(
        description="The subject of its last inquiry, or else what was said first; at most 200 characters."
    )
    handling: Literal["bot", "waiting", "agent"] = Field(description="Who answers now; `waiting`: a person is wanted.")
    channel: str
    rev: int = Field(description="Counts what changed; for `changedAfter`.")
    agent: Agent | None
    rating_asked: bool = Field(description="Whether `PUT …/rating` is wanted.")
    last_message: Message | None


class OpenedConversation(Outbound):
    """A conversation that begins, with the flow's opening messages."""

    conversation: Conversation
    messages: list[Message]
    replayed: bool = Field(description="Whether this was asked before and nothing new was written.")


class ConversationList(Outbound):
    """A page of conversations, latest activity first."""

    conversations: list[Conversation]
    next_cursor: str | None


class MessagePage(Outbound):
    """A page of messages, oldest first; with `changedAfter` what changed, in the order of `rev` and without cursors."""

    conversation: Conversation
    messages: list[Message]
    next_cursor: Cursor | None = Field(None, description="For `after`: there are later messages.")
    previous_cursor: Cursor | None = Field(None, description="For `before`: there are earlier messages.")
    has_more: bool | SkipJsonSchema[None] = Field(
        None, description="With `changedAfter`: ask again, after the `rev` of the last message."
    )


class TakenTurn(OpenedConversation):
    """An event and what followed from it: the user's message first, then the bot's."""

    updated_messages: list[Message] = Field(description="Interactive messages that this turn answered.")


class ReadMarker(Outbound):
    """How far a conversation was read."""

    conversation_id: UUID
    last_read_at: datetime | None
    unread_count: int = Field(ge=0, le=100)


class Person(Outbound):
    """The account."""

    id: UUID
    email: str | None
    created_at: datetime


class Export(Outbound):
    """Everything that is kept of a member; rows have all their columns."""

    member: Person
    conversations: list[Row]
    messages: list[Row]
    reads: list[Row]
    inquiries: list[Row]
