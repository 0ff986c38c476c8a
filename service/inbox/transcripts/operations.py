"""How the export is described."""

from __future__ import annotations

from service.http.operations import Operation, Parameter
from service.inbox.described import inbox_call
from service.inbox.transcripts import models

_MOMENT = {"type": "string", "format": "date-time"}
_QUERY = (
    Parameter("format", {"type": "string", "enum": ["json", "csv"], "default": "json"}, "What kind of file."),
    Parameter("from", _MOMENT, "Conversations that began then or later."),
    Parameter("to", _MOMENT, "Conversations that began before."),
)

OPERATIONS: dict[str, Operation] = {
    "inbox_transcripts.export_transcripts": inbox_call(
        {200: models.Transcripts}, ("not_allowed", "invalid"), query=_QUERY, other_media_types=("text/csv",)
    ),
}
