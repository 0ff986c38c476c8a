"""How the calls about rules are described."""

from __future__ import annotations

from service.activities.rules import models
from service.http.operations import BODY, Body, Operation
from service.inbox.described import inbox_call

_ADMIN = ("not_allowed",)

OPERATIONS: dict[str, Operation] = {
    "inbox_rules.list_rules": inbox_call({200: models.RuleList}, _ADMIN),
    "inbox_rules.add_rule": inbox_call({201: models.Rule, 200: models.Rule}, (*BODY, *_ADMIN), Body(models.RuleBody)),
    "inbox_rules.order_rules": inbox_call(
        {200: models.RuleList}, (*BODY, *_ADMIN, "not_found"), Body(models.OrderBody)
    ),
    "inbox_rules.change_rule": inbox_call(
        {200: models.Rule}, (*BODY, *_ADMIN, "not_found"), Body(models.ChangedRuleBody)
    ),
    "inbox_rules.delete_rule": inbox_call({204: None}, (*_ADMIN, "not_found")),
    "inbox_rules.page_runs": inbox_call(
        {200: models.RunList}, (*_ADMIN, "not_found", "invalid"), query=("limit", "cursor")
    ),
    "inbox_rules.try_rule": inbox_call({200: models.TriedRule}, (*BODY, *_ADMIN, "not_found"), Body(models.TryBody)),
}
