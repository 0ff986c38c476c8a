"""What the API answers, as models: for the description of the API, and for who reads it.

Belongs here: the shape of answers, which the tests hold against real ones. Does not belong here: making
answers (the mapper and the views), and the bodies that come in (`bodies.py`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.json_schema import SkipJsonSchema

from service.core.mapper import camel
from service.dialogue.flow import FieldType
from service.dialogue.message import Kind, Role

Cursor = Annotated[str, StringConstraints(pattern="^[0-9]+$")]
Row = dict[str, Any]


class Outbound(BaseModel):
    """An answer: camelCase names, and nothing that does not stand here."""

    model_config = ConfigDict(alias_generator=camel, extra="forbid")


class ShownChip(Outbound):
    """One chip."""

    id: str
    label: str


class ChipsPayload(Outbound):
    """Of a message of kind `chips`."""

    chips: list[ShownChip]


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
    answer: ChipAnswer | FormAnswer | None
    cursor: Cursor = Field(description="Its place in the conversation, for `before` and `after`.")


class Conversation(Outbound):
    """A conversation, as its owner sees it."""

    id: UUID
    client_conversation_id: UUID
    status: Literal["open", "completed"]
    created_at: datetime
    unread_count: int = Field(ge=0, le=100, description="Exact up to 99; 100 stands for more.")
    last_read_at: datetime | None
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
    """A page of messages, oldest first."""

    conversation: Conversation
    messages: list[Message]
    next_cursor: Cursor | None = Field(description="For `after`: there are later messages.")
    previous_cursor: Cursor | None = Field(description="For `before`: there are earlier messages.")


class TakenTurn(OpenedConversation):
    """An event and what followed from it: the user's message first, then the bot's."""

    updated_messages: list[Message] = Field(description="Interactive messages that this turn answered.")


class ReadMarker(Outbound):
    """How far a conversation was read."""

    conversation_id: UUID
    last_read_at: datetime | None
    unread_count: int = Field(ge=0, le=100)


class RejectedEvent(Outbound):
    """A guest's event that did not fit, and why."""

    client_conversation_id: UUID
    client_message_id: UUID
    code: str


class Imported(Outbound):
    """What became of a guest's conversations."""

    conversations: list[Conversation]
    rejected: list[RejectedEvent]


class KeptInquiry(Outbound):
    """An inquiry, as its sender sees it."""

    client_inquiry_id: UUID
    status: Literal["new", "done"]
    created_at: datetime


class SentInquiry(Outbound):
    """A guest's form, received."""

    inquiry: KeptInquiry
    replayed: bool


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


class FlowDocument(BaseModel):
    """The compiled flow, for browsers that run a guest's conversation themselves."""

    version: str
    ids: Row
    text: Row
    forms: Row
    tables: Row


class Alive(Outbound):
    """The process serves requests."""

    status: Literal["ok"]


class Readiness(Outbound):
    """Whether it can do its work, by dependency."""

    status: Literal["ok", "unavailable"]
    checks: dict[str, Literal["ok", "unavailable"]]


class FaultyField(Outbound):
    """One faulty field of a body."""

    field: str
    message: str


class ProblemDetails(Outbound):
    """An error (RFC 9457). `code` is stable; `detail` is for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: UUID
    errors: list[FaultyField] | SkipJsonSchema[None] = None
