"""What the calls about webhooks ask of the database, as an operator, and what a worker asks, as the service."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from service.activities.webhooks.sending import Attempt
from service.core.errors import NotFound
from service.core.mapper import Row
from service.inbox.asking import Asking
from service.supabase.calls import before_place, call, call_if_found
from service.supabase.clients import Upstream


def list_webhooks(asking: Asking) -> list[Row]:
    """All webhooks."""
    rows: list[Row] = asking.ask("inbox_webhooks", {}, ("webhooks",))["webhooks"]
    return rows


def must_be_there(asking: Asking, webhook_id: UUID) -> None:
    """Raise NotFound where there is no such webhook, and what the list of them raises."""
    if all(row["id"] != str(webhook_id) for row in list_webhooks(asking)):
        raise NotFound


def save_webhook(asking: Asking, webhook_id: UUID | None, values: Row) -> Row:
    """Make a webhook (None), with a secret that is sealed, or change one."""
    params = {"p_id": webhook_id and str(webhook_id), "p_values": values}
    return _webhook(asking, "inbox_save_webhook", params)


def delete_webhook(asking: Asking, webhook_id: UUID) -> None:
    """Remove a webhook, and the list of what was sent to it."""
    asking.ask("inbox_delete_webhook", {"p_id": str(webhook_id)})


def rotate_secret(asking: Asking, webhook_id: UUID, sealed: str) -> Row:
    """Give a webhook another secret; the one of before goes on for a day beside it."""
    return _webhook(asking, "inbox_rotate_webhook", {"p_id": str(webhook_id), "p_secret": sealed})


def test_webhook(asking: Asking, webhook_id: UUID) -> Row:
    """Have a webhook sent something that means nothing; its delivery."""
    return _delivery(asking, "inbox_test_webhook", webhook_id)


def list_deliveries(asking: Asking, webhook_id: UUID, limit: int, before: tuple[datetime, UUID] | None) -> list[Row]:
    """What was sent to a webhook, newest first; one more than `limit` where there are more."""
    params = {"p_id": str(webhook_id), "p_limit": limit, **before_place(before)}
    rows: list[Row] = asking.ask("inbox_deliveries", params, ("deliveries",))["deliveries"]
    return rows


def resend(asking: Asking, delivery_id: UUID) -> Row:
    """Have something sent again."""
    return _delivery(asking, "inbox_resend_delivery", delivery_id)


def read_delivery(upstream: Upstream, delivery_id: str) -> Row | None:
    """What is to be sent, whither, and signed with what; None where it is gone."""
    return call_if_found(upstream.service_client(), "webhook_delivery", {"p_id": delivery_id}, dict)


def record(upstream: Upstream, delivery_id: str, state: str, attempt: Attempt) -> None:
    """Keep how an attempt went; turns off a webhook that is gone or has failed for days."""
    result = {
        "state": state,
        "code": attempt.code,
        "ms": attempt.milliseconds,
        "answer": attempt.answer,
        "error": attempt.error,
        "is_gone": attempt.is_gone,
    }
    call(upstream.service_client(), "webhook_record", {"p_id": delivery_id, "p_result": result})


def sealed_secrets(upstream: Upstream, changed: list[Row]) -> list[Row]:
    """All secrets as they are kept, after those of `changed` are."""
    rows: list[Row] = call(upstream.service_client(), "webhook_secrets", {"p_changed": changed}, ("webhooks",))[
        "webhooks"
    ]
    return rows


def tidy(upstream: Upstream) -> None:
    """Forget what was sent long ago, a bounded part."""
    call(upstream.service_client(), "webhook_tidy", {})


def _webhook(asking: Asking, function: str, params: Row) -> Row:
    row: Row = asking.ask(function, params, ("webhook",))["webhook"]
    return row


def _delivery(asking: Asking, function: str, row_id: UUID) -> Row:
    row: Row = asking.ask(function, {"p_id": str(row_id)}, ("delivery",))["delivery"]
    return row
