"""What the calls about notes ask of the database, as an operator."""

from __future__ import annotations

from uuid import UUID

from service.core.mapper import Row
from service.inbox.asking import Asking


def add(asking: Asking, conversation_id: UUID, client_note_id: UUID | None, content: str | None) -> Row:
    """Write a note, once; `{"note", "created"}`."""
    params = {
        "p_id": str(conversation_id),
        "p_client_note_id": client_note_id and str(client_note_id),
        "p_content": content,
    }
    return asking.ask("inbox_add_note", params, ("note", "created"))


def edit(asking: Asking, note_id: UUID, content: str | None) -> Row:
    """Change one's own note; `{"note"}`."""
    return asking.ask("inbox_edit_note", {"p_note_id": str(note_id), "p_content": content}, ("note",))


def delete(asking: Asking, note_id: UUID) -> None:
    """Remove one's own note."""
    asking.ask("inbox_delete_note", {"p_note_id": str(note_id)})
