"""Actions of rules, as they stand in a rule.

Belongs here: their forms. Does not belong here: what one does (`rule_act` in the database), what the flow says to it
(`speaking.py`).
"""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StrictInt

from service.core.mapper import Inbound
from service.inbox.fields import LabelName, NoteText, Priority, Text

_LONGEST_SNOOZE = 366 * 24 * 60


class SendMessage(Inbound):
    """A text to the customer, without an author: the service's own words."""

    type: Literal["sendMessage"]
    content: Text


class AddLabel(Inbound):
    """A label more."""

    type: Literal["addLabel"]
    label: LabelName


class RemoveLabel(Inbound):
    """A label less."""

    type: Literal["removeLabel"]
    label: LabelName


class Assign(Inbound):
    """It becomes an operator's."""

    type: Literal["assign"]
    operator_id: UUID


class Unassign(Inbound):
    """It is nobody's any more, and waits."""

    type: Literal["unassign"]


class SetPriority(Inbound):
    """Another priority."""

    type: Literal["setPriority"]
    priority: Priority


class Snooze(Inbound):
    """It is put aside, until then or until the customer writes."""

    type: Literal["snooze"]
    minutes: Annotated[StrictInt, Field(ge=1, le=_LONGEST_SNOOZE)]


class Complete(Inbound):
    """It ends, and the flow says so."""

    type: Literal["complete"]


class Reopen(Inbound):
    """It is open again: whose it was, or waiting for somebody."""

    type: Literal["reopen"]


class HandOver(Inbound):
    """A person is wanted in the bot's place, and the flow says so."""

    type: Literal["handOver"]


class AddNote(Inbound):
    """A note for the team, by the name of the rule."""

    type: Literal["addNote"]
    content: NoteText


class AskRating(Inbound):
    """The customer is asked what they think of it."""

    type: Literal["askRating"]


class CallWebhook(Inbound):
    """A webhook is told what happened, whatever it listens to."""

    type: Literal["callWebhook"]
    webhook_id: UUID


Action = Annotated[
    SendMessage
    | AddLabel
    | RemoveLabel
    | Assign
    | Unassign
    | SetPriority
    | Snooze
    | Complete
    | Reopen
    | HandOver
    | AddNote
    | AskRating
    | CallWebhook,
    Field(discriminator="type"),
]
