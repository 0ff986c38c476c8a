"""What a rule would do in a conversation, if it ran there now. It does nothing.

Belongs here: the order of the questions. Does not belong here: what an action comes to: the database does it and undoes
it, so that a try cannot say something else than a run.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from service.activities.rules import actions, speaking
from service.activities.rules.conditions import Finding, explained, holds
from service.activities.rules.facts import facts_of
from service.activities.rules.reading import condition_of
from service.conversations.known_flows import KnownFlows
from service.core.errors import NotFound
from service.core.mapper import Row
from service.inbox.asking import Asking


@dataclass(frozen=True, slots=True)
class Tried:
    """What would happen: whether the rule would run, by which of its conditions, and what its actions come to."""

    matches: bool
    activity_id: str | None
    findings: list[Finding]
    actions: list[Row]


def attempt(asking: Asking, flows: KnownFlows, rule_id: UUID, conversation_id: UUID, request_id: UUID) -> Tried:
    """Try a rule in a conversation. Raises NotFound, and as every question to the database does."""
    known = actions.read_for_try(asking, rule_id, conversation_id)
    rule, row = known["rule"], known["facts"]
    condition, facts = condition_of(rule), facts_of(row)
    activity_id = row["activity"] and row["activity"]["id"]
    findings = list(explained(condition, facts))
    if not holds(condition, facts):
        skipped: list[Row] = [{"type": one["type"], "status": "skipped", "error": None} for one in rule["actions"]]
        return Tried(matches=False, activity_id=activity_id, findings=findings, actions=skipped)
    replies = {}
    if speaking.is_spoken_to(rule["actions"], row["channel"]):
        turn = actions.read_turn(asking.upstream, str(conversation_id), flows.known_versions)
        if turn is None:
            raise NotFound
        replies = speaking.replies(flows, turn, rule["actions"], request_id)
    results = actions.try_actions(asking, rule_id, conversation_id, activity_id, replies)
    return Tried(matches=True, activity_id=activity_id, findings=findings, actions=results)
