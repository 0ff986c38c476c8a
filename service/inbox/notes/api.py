"""The API for operators: notes. Everybody reads them, and who wrote one may change it."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, jsonify

from service.core.ids import uuid_or_none
from service.http.json_body import GENERAL_MAX, body_of, json_object
from service.inbox import shown
from service.inbox.notes import actions
from service.inbox.notes.models import EditedNoteBody, NoteBody
from service.inbox.requests import asking, known_id

bp = Blueprint("inbox_notes", __name__, url_prefix="/api/v1/inbox")


@bp.post("/conversations/<conversation_id>/notes")
def add_note(conversation_id: str) -> tuple[Response, int]:
    """A note to a conversation, for the team alone."""
    who, key = asking(), known_id(conversation_id)
    raw = json_object(max_bytes=GENERAL_MAX)
    # Without a text the database refuses it, last.
    client_id = uuid_or_none(raw.get("clientNoteId"))
    body = body_of(NoteBody, raw, partial(actions.add, who, key, client_id, None))
    written = actions.add(who, key, body.client_note_id, body.content)
    return jsonify(shown.note(written["note"])), 201 if written["created"] else 200


@bp.patch("/notes/<note_id>")
def edit_note(note_id: str) -> Response:
    """Change one's own note; it is seen that it was changed."""
    who, key = asking(), known_id(note_id)
    raw = json_object(max_bytes=GENERAL_MAX)
    body = body_of(EditedNoteBody, raw, partial(actions.edit, who, key, None))
    return jsonify(shown.note(actions.edit(who, key, body.content)["note"]))


@bp.delete("/notes/<note_id>")
def delete_note(note_id: str) -> tuple[str, int]:
    """Remove one's own note."""
    actions.delete(asking(), known_id(note_id))
    return "", 204
