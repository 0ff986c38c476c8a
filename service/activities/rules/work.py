"""Rules at work: those that an activity sets off, and those that the clock does.

Belongs here: the order of the questions, and looking again where somebody was faster. Does not belong here: that a rule
runs once for an activity (the key of its runs), what an action does (`rule_act`).

A job may come again. What ran is not asked about any more, so the rest is done.
"""

from __future__ import annotations

from functools import partial
from uuid import UUID, uuid4

import structlog

from service.activities.rules import actions, speaking
from service.activities.rules.conditions import holds
from service.activities.rules.facts import facts_of
from service.activities.rules.reading import condition_of
from service.conversations.known_flows import KnownFlows
from service.core.errors import UpstreamUnavailable
from service.core.mapper import Row
from service.http.observe import outline
from service.jobs.work import Handler, Job, JobFailed, Tick, Work
from service.supabase.clients import Upstream

log = structlog.get_logger(__name__)

# How often a rule is looked at while others write to the conversation. The job comes again then.
ROUNDS = 5
# After so many questions without an answer the clock waits for its next time.
MOST_UNANSWERED = 3
EVERY_SECONDS = 60.0
_TIDY_SECONDS = 3600.0
# Calls a time; what is left over waits for the next.
_TIDY_ROUNDS = 20


def work_of(upstream: Upstream, flows: KnownFlows) -> Work:
    """The work of rules."""
    return Work(
        handlers={"rules": Handler(partial(after_activity, upstream, flows))},
        ticks={
            "rules": Tick(partial(by_the_clock, upstream, flows), EVERY_SECONDS),
            "rule_runs": Tick(partial(_tidy, upstream), _TIDY_SECONDS),
        },
    )


def after_activity(upstream: Upstream, flows: KnownFlows, job: Job) -> None:
    """Run the rules that an activity sets off, in their order. Raises JobFailed."""
    activity_id = str(UUID(job.payload["activity_id"]))
    context = actions.read_context(upstream, activity_id)
    if context is None:
        # It went with its conversation.
        return
    facts: Row | None = context["facts"]
    for rule in context["rules"]:
        if facts is None:
            return
        # What one has done the next one sees.
        facts = _run(upstream, flows, rule, facts, activity_id, None)


def by_the_clock(upstream: Upstream, flows: KnownFlows) -> None:
    """Run the rules that wait for time to pass, where enough has passed.

    One that goes wrong is left for the next time, and keeps no other from running. Raises UpstreamUnavailable.
    """
    unanswered = 0
    for due in actions.read_due(upstream):
        try:
            _run(upstream, flows, due["rule"], due["facts"], None, due["since"])
        except UpstreamUnavailable:
            # It may be this conversation alone that somebody holds.
            unanswered += 1
            if unanswered >= MOST_UNANSWERED:
                raise
        except Exception as error:  # noqa: BLE001 - whatever it is, others wait behind it
            log.error(  # noqa: TRY400 - its message may hold content
                "rule_failed",
                rule_id=due["rule"]["id"],
                conversation_id=due["facts"]["conversation_id"],
                **outline(error),
            )


def _tidy(upstream: Upstream) -> None:
    for _ in range(_TIDY_ROUNDS):
        if not actions.tidy(upstream):
            return


def _run(
    upstream: Upstream, flows: KnownFlows, rule: Row, facts: Row, activity_id: str | None, since: str | None
) -> Row | None:
    """Run a rule if its condition holds, and return the facts as they are then; None where they are gone."""
    try:
        condition = condition_of(rule)
    except ValueError:
        log.warning("rule_unreadable", rule_id=rule["id"])
        return facts
    now: Row | None = facts
    for _ in range(ROUNDS):
        if now is None or not holds(condition, facts_of(now)):
            return now
        outcome = _apply(upstream, flows, rule, now, activity_id, since)
        if outcome in {"repeated", "skipped"}:
            return now
        now = actions.read_facts(upstream, now["conversation_id"], activity_id)
        if outcome != "moved":
            return now
    raise JobFailed("conversation_changed", again_after=1.0)


def _apply(
    upstream: Upstream, flows: KnownFlows, rule: Row, facts: Row, activity_id: str | None, since: str | None
) -> str:
    replies = {}
    if speaking.is_spoken_to(rule["actions"], facts["channel"]):
        turn = actions.read_turn(upstream, facts["conversation_id"], flows.known_versions)
        if turn is None:
            return "gone"
        replies = speaking.replies(flows, turn, rule["actions"], uuid4())
    return actions.apply(upstream, rule, facts, activity_id, since, replies)
