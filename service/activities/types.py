"""The types of activities that others are told of.

Belongs here: their names. Does not belong here: when one is written, and what its data are (the database).
"""

from __future__ import annotations

from typing import Literal

ActivityType = Literal[
    "conversation.opened",
    "conversation.handed_over",
    "conversation.assigned",
    "conversation.unassigned",
    "conversation.completed",
    "conversation.reopened",
    "conversation.snoozed",
    "conversation.woken",
    "conversation.labelled",
    "conversation.prioritised",
    "conversation.rated",
    "message.created",
    "message.status_changed",
    "inquiry.submitted",
    "note.created",
    "contact.updated",
]
