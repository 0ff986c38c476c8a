"""How the calls about an operator's own presence are described."""

from __future__ import annotations

from service.http.operations import BODY, Body, Operation
from service.inbox.described import inbox_call
from service.inbox.me import models

OPERATIONS: dict[str, Operation] = {
    "inbox_me.who_am_i": inbox_call({200: models.Me}),
    "inbox_me.be_available": inbox_call({200: models.Me}, BODY, Body(models.AvailabilityBody)),
    "inbox_me.look_at": inbox_call({204: None}, (*BODY, "not_found"), Body(models.PresenceBody)),
}
