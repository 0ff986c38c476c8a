"""What rules ask of the database: as an admin who keeps them, and as the work that runs them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from service.core.mapper import Row
from service.inbox.asking import Asking
from service.supabase.calls import call, call_if_found
from service.supabase.clients import Upstream

# In one call.
_FORGOTTEN = 1000


def list_rules(asking: Asking) -> list[Row]:
    """All rules, in their order."""
    return _rules(asking.ask("inbox_rules", {}, ("rules",)))


def save_rule(asking: Asking, rule_id: UUID | None, values: Row) -> Row:
    """Make a rule (None), or change one; `{"rule", "created"}`. Raises NotFound, Invalid."""
    params = {"p_id": rule_id and str(rule_id), "p_values": values}
    return asking.ask("inbox_save_rule", params, ("rule", "created"))


def delete_rule(asking: Asking, rule_id: UUID) -> None:
    """Remove a rule, and what is told of its runs. Raises NotFound."""
    asking.ask("inbox_delete_rule", {"p_id": str(rule_id)})


def order_rules(asking: Asking, rule_ids: Sequence[UUID]) -> list[Row]:
    """Put rules into an order; all of them. Raises NotFound."""
    return _rules(asking.ask("inbox_order_rules", {"p_ids": [str(one) for one in rule_ids]}, ("rules",)))


def page_runs(asking: Asking, rule_id: UUID, limit: int, before: Row | None) -> Row:
    """`{"runs", "next"}`: what became of a rule, newest first, after the place `before`. Raises NotFound."""
    params = {"p_id": str(rule_id), "p_limit": limit, "p_before": before}
    return asking.ask("inbox_rule_runs", params, ("runs", "next"))


def read_for_try(asking: Asking, rule_id: UUID, conversation_id: UUID) -> Row:
    """`{"rule", "facts"}` to try a rule in a conversation. Raises NotFound."""
    params = {"p_id": str(rule_id), "p_conversation_id": str(conversation_id)}
    return asking.ask("inbox_rule_facts", params, ("rule", "facts"))


def try_actions(
    asking: Asking, rule_id: UUID, conversation_id: UUID, activity_id: str | None, replies: dict[str, Any]
) -> list[Row]:
    """What the actions of a rule would come to. Raises NotFound."""
    params = {
        "p_id": str(rule_id),
        "p_conversation_id": str(conversation_id),
        "p_activity_id": activity_id,
        "p_replies": replies,
    }
    actions: list[Row] = asking.ask("inbox_try_rule", params, ("actions",))["actions"]
    return actions


def read_context(upstream: Upstream, activity_id: str) -> Row | None:
    """`{"facts", "rules"}` of an activity; None where it is gone."""
    return call_if_found(upstream.service_client(), "rule_context", {"p_activity_id": activity_id}, dict)


def read_facts(upstream: Upstream, conversation_id: str, activity_id: str | None) -> Row | None:
    """What conditions look at now; None where the conversation is gone."""
    params = {"p_conversation_id": conversation_id, "p_activity_id": activity_id}
    return call_if_found(upstream.service_client(), "rule_facts", params, dict)


def read_turn(upstream: Upstream, conversation_id: str, known_flows: Sequence[str]) -> Row | None:
    """Where the flow of a conversation stands; None where that is gone."""
    params = {"p_conversation_id": conversation_id, "p_message_id": None, "p_known_flows": list(known_flows)}
    return call_if_found(upstream.service_client(), "chat_turn_for_service", params, dict)


def read_due(upstream: Upstream) -> Iterator[Row]:
    """`{"rule", "since", "facts"}`: where the clock may set a rule off, asked one rule after the other."""
    place: int | None = 0
    while place is not None:
        answer = call(upstream.service_client(), "rule_due", {"p_place": place}, ("due", "next"))
        yield from answer["due"]
        place = answer["next"]


def apply(
    upstream: Upstream, rule: Row, facts: Row, activity_id: str | None, since: str | None, replies: dict[str, Any]
) -> str:
    """Run a rule, once; `ran`, `skipped`, `repeated`, `gone` or `moved`: look at it again."""
    params = {
        "p_rule_id": rule["id"],
        "p_version": rule["version"],
        "p_conversation_id": facts["conversation_id"],
        "p_activity_id": activity_id,
        "p_since": since,
        "p_rev": facts["rev"],
        "p_replies": replies,
    }
    outcome: str = call(upstream.service_client(), "rule_apply", params, ("outcome",))["outcome"]
    return outcome


def tidy(upstream: Upstream) -> bool:
    """Forget runs of long ago; whether there may be more."""
    gone: int = call(upstream.service_client(), "rule_tidy", {"p_limit": _FORGOTTEN}, ("gone",))["gone"]
    return gone == _FORGOTTEN


def _rules(answer: Row) -> list[Row]:
    rows: list[Row] = answer["rules"]
    return rows
