"""What the calls about conversations take and answer, as models."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from service.conversations.models import Cursor, Message
from service.core.errors import FieldError
from service.core.mapper import Inbound, Outbound, Row
from service.inbox.fields import LEFT_OUT, Flag, Handling, LabelName, Moment, Priority, Rev, Status, Text
from service.inbox.models import (
    Activity,
    AnsweredConversation,
    InboxContact,
    InboxConversation,
    Note,
    OperatorName,
)
from service.inbox.models import LabelName as ShownLabel

# What is changed only from the state that the operator saw, and what the flow has something to say about.
GUARDED = frozenset({"assigneeId", "handling", "status"})
_PLAIN = frozenset({"addLabels", "removeLabels", "priority", "snoozedUntil", "blocked"})


class ReplyBody(Inbound):
    """`POST /inbox/conversations/{id}/messages`."""

    client_message_id: UUID
    content: Text
    seen_rev: Rev | None = None
    request_id: UUID | None = None


class ClaimBody(Inbound):
    """`POST /inbox/conversations/{id}/claim`."""

    if_rev: Rev | None = None


class InboxChangeBody(Inbound):
    """`PATCH /inbox/conversations/{id}`: what is left out stays as it is."""

    if_rev: Rev | None = Field(
        default=None, description="The `rev` that was seen; needed with `assigneeId`, `handling` and `status`."
    )
    assignee_id: UUID | None = Field(default=None, description="null gives it back to everybody.")
    handling: Handling = LEFT_OUT
    status: Status = LEFT_OUT
    add_labels: list[LabelName] = Field(default=LEFT_OUT, max_length=50)
    remove_labels: list[LabelName] = Field(default=LEFT_OUT, max_length=50)
    priority: Priority = LEFT_OUT
    snoozed_until: Moment | None = Field(default=None, description="null wakes it.")
    blocked: Flag = Field(default=LEFT_OUT, description="Whether its contact may write.")

    @property
    def changes(self) -> Row:
        """What is to be changed, as the database takes it."""
        return self.model_dump(mode="json", include=self.model_fields_set - {"if_rev"})

    @property
    def flow_speaks(self) -> bool:
        """Whether the flow has something to say to it."""
        return self.status == "completed" or self.handling == "bot"


class InboxTypingBody(Inbound):
    """`PUT /inbox/conversations/{id}/typing`."""

    is_typing: Flag


class InboxList(Outbound):
    """A page of a view, and how many each view has."""

    conversations: list[InboxConversation]
    next_cursor: str | None
    counts: dict[str, int] = Field(description="By view; exact up to 99, and 100 stands for more.")


class Inquiry(Outbound):
    """A form that was filled in."""

    id: UUID
    message_id: UUID | None
    step_id: str
    values: dict[str, Any]
    locale: str | None
    status: Literal["new", "done"]
    created_at: datetime
    done_at: datetime | None


class FormerConversation(Outbound):
    """Another conversation of the same contact."""

    id: UUID
    status: Status
    created_at: datetime
    last_message_at: datetime | None
    title: str | None


class ConversationDetail(Outbound):
    """A conversation with everything around it."""

    conversation: InboxConversation
    contact: InboxContact
    labels: list[ShownLabel]
    notes: list[Note] = Field(description="Oldest first.")
    activities: list[Activity] = Field(description="The newest 100, oldest first, without messages.")
    inquiries: list[Inquiry]
    former_conversations: list[FormerConversation] = Field(description="Others of the same contact, newest first.")
    viewers: list[OperatorName] = Field(description="Who looks at it now.")
    messages: list[Message] | SkipJsonSchema[None] = Field(
        None, description="With `limit`: the newest so many, oldest first."
    )
    previous_cursor: Cursor | None = Field(None, description="With `limit`: for `before` of `…/messages`.")


class InboxMessages(Outbound):
    """A page of messages, oldest first; with `changedAfter` what changed, in the order of `rev` and without cursors."""

    conversation: InboxConversation
    messages: list[Message]
    next_cursor: Cursor | None = Field(None, description="For `after`: there are later messages.")
    previous_cursor: Cursor | None = Field(None, description="For `before`: there are earlier ones.")
    has_more: bool | SkipJsonSchema[None] = Field(
        None, description="With `changedAfter`: ask again, after the `rev` of the last message."
    )


class SentReply(Outbound):
    """A message of an operator's."""

    conversation: InboxConversation
    messages: list[Message] = Field(description="The message, alone.")
    replayed: bool = Field(description="Whether this was sent before and nothing new was written.")


class SettledConversation(AnsweredConversation):
    """A conversation after a change, and what the flow said to it."""

    messages: list[Message]


class Changes(Outbound):
    """What changed since a cursor."""

    cursor: str
    conversations: list[InboxConversation]
    gone: list[UUID] = Field(description="Conversations that were deleted.")
    resync: bool = Field(description="The cursor cannot be honoured: read the lists anew and go on with this one.")
    counts: dict[str, int] = Field(description="As in a list.")


def misfits(raw: dict[str, Any]) -> list[FieldError]:
    """What is wrong with an `InboxChangeBody` as a whole."""
    faults: list[FieldError] = []
    if raw.get("ifRev") is None and not GUARDED.isdisjoint(raw):
        faults.append(FieldError("ifRev", f"is needed with {', '.join(sorted(GUARDED))}"))
    if (GUARDED | _PLAIN).isdisjoint(raw):
        faults.append(FieldError("", "changes nothing"))
    handling, assignee = raw.get("handling"), raw.get("assigneeId")
    if raw.get("status") == "completed" and ("handling" in raw or "assigneeId" in raw):
        faults.append(FieldError("status", "cannot be completed together with a change of who has it"))
    if (handling in ("waiting", "bot") and assignee is not None) or (
        handling == "agent" and "assigneeId" in raw and assignee is None
    ):
        faults.append(FieldError("handling", "contradicts assigneeId"))
    return faults
