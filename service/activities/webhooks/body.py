"""What is sent to a webhook: a JSON body, and the three headers of Standard Webhooks, which vouch for it.

`{version, type, timestamp, data}`; `data` is the activity as the API shows it, with `rev`. A field may be added to a
version; what is there stays.

Belongs here: its form and its signature. Does not belong here: sending (`sending.py`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from standardwebhooks.webhooks import Webhook

from service.conversations import shown as customers
from service.core.mapper import Row, timestamp
from service.inbox.shown import activity

VERSION = 1


def body_of(row: Row) -> str:
    """The body of a delivery, as `webhook_delivery` tells of it: the same at every attempt."""
    data = _data(row)
    body = {"version": VERSION, "type": row["type"], "timestamp": data["createdAt"], "data": data}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def headers_of(delivery_id: str, now: datetime, body: str, secrets: Iterable[str]) -> dict[str, str]:
    """The headers of an attempt at `now`, in UTC, signed with each of `secrets`."""
    signatures = [Webhook(secret).sign(delivery_id, now, body) for secret in secrets]
    return {
        "Content-Type": "application/json",
        "webhook-id": delivery_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _data(row: Row) -> dict[str, Any]:
    if row["activity"] is None:
        return {"id": row["id"], "type": row["type"], "createdAt": timestamp(row["created_at"]), "data": {}}
    shown = activity(row["activity"] | {"contact_id": row["contact_id"]})
    shown |= {"rev": row["rev"], "attempt": row["round"]}
    # Why a message failed is told in words of another system, which may hold anything: for the team alone.
    shown["data"] = {name: value for name, value in shown["data"].items() if name != "error"}
    if row["rule_id"] is not None:
        shown["ruleId"] = row["rule_id"]
    if row["message"] is not None:
        shown["message"] = customers.message(row["message"])
    if row["channel"] is not None:
        # To whom it goes, as the other system calls them.
        shown["channel"] = {
            "id": row["channel"]["id"],
            "contact": {"externalId": row["channel"]["external_id"]},
            "threadKey": row["channel"]["thread_key"],
        }
    return shown
