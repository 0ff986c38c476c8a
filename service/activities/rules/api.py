"""The API of rules, for admins. Each view reads its request, asks, and answers as `shown` has it."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from flask import Blueprint, Response, jsonify

from service.activities.rules import actions, shown, trying
from service.activities.rules.models import ChangedRuleBody, OrderBody, RuleBody, TryBody
from service.conversations.known_flows import KnownFlows
from service.core.errors import Invalid
from service.core.mapper import Row
from service.http.context import part, request_id
from service.http.json_body import GENERAL_MAX, body_of, first_refused, json_object, validated
from service.http.paging import cursor_of_list, list_place
from service.inbox.asking import Asking
from service.inbox.requests import asking, known_id

bp = Blueprint("inbox_rules", __name__, url_prefix="/api/v1/inbox/rules")


@bp.get("")
def list_rules() -> Response:
    """All rules, in their order."""
    return _listed(actions.list_rules(asking()))


@bp.post("")
def add_rule() -> tuple[Response, int]:
    """Make a rule."""
    who = asking()
    saved = actions.save_rule(who, None, _values(who, None, RuleBody))
    return jsonify(shown.rule(saved["rule"])), 201 if saved["created"] else 200


@bp.put("/order")
def order_rules() -> Response:
    """Put rules into an order; those that are not named come after them."""
    who = asking()
    body = body_of(OrderBody, json_object(max_bytes=GENERAL_MAX), who.must_be_admin)
    return _listed(actions.order_rules(who, body.rule_ids))


@bp.patch("/<rule_id>")
def change_rule(rule_id: str) -> Response:
    """Change a rule, or turn it on or off."""
    who, key = asking(), known_id(rule_id)
    return jsonify(shown.rule(actions.save_rule(who, key, _values(who, key, ChangedRuleBody))["rule"]))


@bp.delete("/<rule_id>")
def delete_rule(rule_id: str) -> tuple[str, int]:
    """Remove a rule. What it did stays."""
    actions.delete_rule(asking(), known_id(rule_id))
    return "", 204


@bp.get("/<rule_id>/runs")
def page_runs(rule_id: str) -> Response:
    """What became of a rule each time that it ran, newest first."""
    who, key = asking(), known_id(rule_id)
    limit, before = first_refused(list_place, partial(_refuse, who, key))
    place = before and {"at": before[0].isoformat(), "id": str(before[1])}
    page = actions.page_runs(who, key, limit, place)
    last = page["next"]
    return jsonify(
        runs=[shown.run(row) for row in page["runs"]],
        nextCursor=last and cursor_of_list({"last_message_at": last["at"], "id": last["id"]}),
    )


@bp.post("/<rule_id>/try")
def try_rule(rule_id: str) -> Response:
    """What a rule would do in a conversation now. Nothing is done."""
    who, key = asking(), known_id(rule_id)
    body = body_of(TryBody, json_object(max_bytes=GENERAL_MAX), partial(_refuse, who, key))
    tried = trying.attempt(who, part(KnownFlows), key, body.conversation_id, request_id())
    return jsonify(
        matches=tried.matches,
        activityId=tried.activity_id,
        conditions=[shown.finding(one) for one in tried.findings],
        actions=tried.actions,
    )


def _listed(rows: list[dict[str, object]]) -> Response:
    return jsonify(rules=[shown.rule(row) for row in rows], nextCursor=None)


def _values(who: Asking, rule_id: UUID | None, model: type[RuleBody | ChangedRuleBody]) -> Row:
    """What the body says, as the database takes it. Raises Invalid with all faults, and what comes before that."""
    raw = json_object(max_bytes=GENERAL_MAX)

    def read() -> Row:
        body = validated(model, raw)
        if faults := body.misfits:
            raise Invalid(errors=faults)
        return body.values

    return first_refused(read, partial(_refuse, who, rule_id))


def _refuse(who: Asking, rule_id: UUID | None) -> None:
    """Raise what comes before a 422: that somebody may not, and that there is no such rule."""
    if rule_id is None:
        who.must_be_admin()
    else:
        actions.page_runs(who, rule_id, 1, None)
