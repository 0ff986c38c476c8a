"""How the call about the audit is described."""

from __future__ import annotations

from service.http.operations import Operation
from service.inbox.audit import models
from service.inbox.described import inbox_call

OPERATIONS: dict[str, Operation] = {
    "inbox_audit.read_audit": inbox_call({200: models.Audit}, ("not_allowed", "invalid"), query=("limit", "cursor")),
}
