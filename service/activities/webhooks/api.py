"""The API for admins: webhooks, and what was sent to them."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from service.activities.webhooks import actions, shown
from service.activities.webhooks.models import ChangedWebhookBody, WebhookBody
from service.activities.webhooks.safe import Safe, new_secret
from service.core.mapper import Row
from service.http.context import part
from service.http.json_body import GENERAL_MAX, body_of, first_refused, json_object
from service.http.paging import cursor_of_list, list_place
from service.inbox.requests import asking, known_id
from service.outside.addresses import checked_url
from service.settings import Settings

bp = Blueprint("inbox_webhooks", __name__, url_prefix="/api/v1/inbox")


@bp.get("/webhooks")
def list_webhooks() -> Response:
    """All webhooks."""
    return jsonify(webhooks=[shown.webhook(row) for row in actions.list_webhooks(asking())], nextCursor=None)


@bp.post("/webhooks")
def add_webhook() -> tuple[Response, int]:
    """Make a webhook. Its secret is in this answer, and in no other."""
    who = asking()
    body = body_of(WebhookBody, json_object(max_bytes=GENERAL_MAX), who.must_be_admin)
    values = first_refused(lambda: _checked(body.values), who.must_be_admin)
    secret = new_secret()
    row = actions.save_webhook(who, None, {**values, "secret": part(Safe).seal(secret)})
    return jsonify(**shown.webhook(row), secret=secret), 201


@bp.patch("/webhooks/<webhook_id>")
def change_webhook(webhook_id: str) -> Response:
    """Change a webhook: whither, of what, whether at all."""
    who, key = asking(), known_id(webhook_id)

    def refuse() -> None:
        actions.must_be_there(who, key)

    body = body_of(ChangedWebhookBody, json_object(max_bytes=GENERAL_MAX), refuse)
    values = first_refused(lambda: _checked(body.values), refuse)
    return jsonify(shown.webhook(actions.save_webhook(who, key, values)))


@bp.delete("/webhooks/<webhook_id>")
def delete_webhook(webhook_id: str) -> tuple[str, int]:
    """Remove a webhook. What still waits is not sent."""
    actions.delete_webhook(asking(), known_id(webhook_id))
    return "", 204


@bp.post("/webhooks/<webhook_id>/rotate")
def rotate_secret(webhook_id: str) -> Response:
    """Give a webhook another secret, which is in this answer alone. For a day both sign."""
    secret = new_secret()
    row = actions.rotate_secret(asking(), known_id(webhook_id), part(Safe).seal(secret))
    return jsonify(**shown.webhook(row), secret=secret)


@bp.post("/webhooks/<webhook_id>/test")
def test_webhook(webhook_id: str) -> tuple[Response, int]:
    """Send a webhook something that means nothing: `webhook.test`."""
    return jsonify(shown.delivery(actions.test_webhook(asking(), known_id(webhook_id)))), 202


@bp.get("/webhooks/<webhook_id>/deliveries")
def list_deliveries(webhook_id: str) -> Response:
    """What was sent to a webhook, newest first."""
    who, key = asking(), known_id(webhook_id)
    limit, before = first_refused(list_place, lambda: actions.must_be_there(who, key))
    rows = actions.list_deliveries(who, key, limit, before)
    more = cursor_of_list(rows[limit - 1], "created_at") if len(rows) > limit else None
    return jsonify(deliveries=[shown.delivery(row) for row in rows[:limit]], nextCursor=more)


@bp.post("/deliveries/<delivery_id>/resend")
def resend_delivery(delivery_id: str) -> tuple[Response, int]:
    """Send something again, under the id of before: who has it drops it."""
    return jsonify(shown.delivery(actions.resend(asking(), known_id(delivery_id)))), 202


def _checked(values: Row) -> Row:
    """`values` with a URL that may be sent to. Raises Invalid."""
    if "url" not in values:
        return values
    return {**values, "url": checked_url(values["url"], allows_private=part(Settings).webhook_allow_private)}
