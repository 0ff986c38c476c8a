"""How the search is described."""

from __future__ import annotations

from service.http.operations import Operation, Parameter
from service.inbox.described import inbox_call
from service.inbox.search import models
from service.inbox.search.asked import FROM, HAS, KINDS, SORTS, STATUSES

_QUERY = (
    Parameter("q", {"type": "string"}, "What is looked for: its first 200 characters."),
    Parameter("from", {"type": "string"}, f"Who said it: {', '.join(FROM)}, or the id of a contact or operator."),
    Parameter("after", {"type": "string"}, "From this time on: RFC 3339, or a day of the team's time zone."),
    Parameter("before", {"type": "string"}, "Before this time."),
    Parameter("channel", {"type": "string"}, "In conversations of this channel: `web`, or its key."),
    Parameter("label", {"type": "string"}, "In conversations with this label, by its name."),
    Parameter("status", {"type": "string", "enum": list(STATUSES)}, "In conversations that are so now."),
    Parameter("has", {"type": "string", "enum": list(HAS)}, "In conversations that have one."),
    Parameter("kind", {"type": "string", "enum": list(KINDS)}, "One kind alone."),
    Parameter(
        "sort",
        {"type": "string", "enum": list(SORTS), "default": SORTS[0]},
        "`newest`: what holds all of it. `best`: also what holds most of it; the rarer a word, the more it counts.",
    ),
)

OPERATIONS: dict[str, Operation] = {
    "inbox_search.find_anything": inbox_call({200: models.Found}, ("invalid",), query=(*_QUERY, "limit", "cursor")),
}
