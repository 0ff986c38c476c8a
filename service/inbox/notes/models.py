"""What the calls about notes take, as models."""

from __future__ import annotations

from uuid import UUID

from service.core.mapper import Inbound
from service.inbox.fields import NoteText


class NoteBody(Inbound):
    """`POST /inbox/conversations/{id}/notes`."""

    client_note_id: UUID
    content: NoteText


class EditedNoteBody(Inbound):
    """`PATCH /inbox/notes/{id}`."""

    content: NoteText
