"""How the event streams are described."""

from __future__ import annotations

from service.http.operations import API, MEMBER, Operation

OPERATIONS: dict[str, Operation] = {
    "live.events": Operation({200: None}, (*API, *MEMBER), needs_member=True, media_type="text/event-stream"),
    "live.inbox_events": Operation(
        {200: None},
        (*API, *MEMBER, "not_an_operator"),
        needs_member=True,
        media_type="text/event-stream",
        tag="Inbox",
    ),
}
