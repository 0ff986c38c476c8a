"""How the calls about figures are described."""

from __future__ import annotations

from service.http.operations import Operation, Parameter
from service.inbox.described import inbox_call
from service.inbox.figures import models

_DATE = {"type": "string", "format": "date"}
_DAYS = (
    Parameter(
        "days", {"type": "integer", "minimum": 1, "maximum": 366, "default": 1}, "So many days until today, included."
    ),
    Parameter("from", _DATE, "The first day, in the team's time zone; by default today."),
    Parameter(
        "to",
        _DATE,
        "The last day, included; by default today. At most 366 days, 50,000 conversations and 200,000 answers.",
    ),
)

OPERATIONS: dict[str, Operation] = {
    "inbox_figures.read_figures": inbox_call({200: models.Figures}, ("invalid",), query=_DAYS),
    "inbox_figures.export_figures": inbox_call({200: None}, ("invalid",), query=_DAYS, media_type="text/csv"),
}
