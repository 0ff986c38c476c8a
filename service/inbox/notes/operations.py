"""How the calls about notes are described."""

from __future__ import annotations

from service.http.operations import BODY, Body, Operation
from service.inbox import models as shared
from service.inbox.described import inbox_call
from service.inbox.notes import models

OPERATIONS: dict[str, Operation] = {
    "inbox_notes.add_note": inbox_call(
        {201: shared.Note, 200: shared.Note}, (*BODY, "not_found", "idempotency_conflict"), Body(models.NoteBody)
    ),
    "inbox_notes.edit_note": inbox_call(
        {200: shared.Note}, (*BODY, "not_found", "not_allowed"), Body(models.EditedNoteBody)
    ),
    "inbox_notes.delete_note": inbox_call({204: None}, ("not_found", "not_allowed")),
}
