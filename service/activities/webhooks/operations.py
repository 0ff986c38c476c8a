"""How the calls about webhooks are described."""

from __future__ import annotations

from service.activities.webhooks import models
from service.http.operations import BODY, Body, Operation
from service.inbox.described import inbox_call

_ADMIN = ("not_allowed",)
_OF_ONE = (*_ADMIN, "not_found")

OPERATIONS: dict[str, Operation] = {
    "inbox_webhooks.list_webhooks": inbox_call({200: models.WebhookList}, _ADMIN),
    "inbox_webhooks.add_webhook": inbox_call({201: models.NewWebhook}, (*BODY, *_ADMIN), Body(models.WebhookBody)),
    "inbox_webhooks.change_webhook": inbox_call(
        {200: models.Webhook}, (*BODY, *_OF_ONE), Body(models.ChangedWebhookBody)
    ),
    "inbox_webhooks.delete_webhook": inbox_call({204: None}, _OF_ONE),
    "inbox_webhooks.rotate_secret": inbox_call({200: models.NewWebhook}, _OF_ONE),
    "inbox_webhooks.test_webhook": inbox_call({202: models.Delivery}, _OF_ONE),
    "inbox_webhooks.list_deliveries": inbox_call(
        {200: models.DeliveryList}, (*_OF_ONE, "invalid"), query=("limit", "cursor")
    ),
    "inbox_webhooks.resend_delivery": inbox_call({202: models.Delivery}, _OF_ONE),
}
