"""Runs of rules end: those of long ago are forgotten, and none that still says that its rule has run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from psycopg import Connection

from tests.db.calls import call
from tests.db.chats import add_conversation, add_row, new_id
from tests.stack import add_user

LONG_AGO = "now() - interval '31 days'"
ACTIONS = [{"type": "setPriority", "priority": "high"}]


@pytest.fixture
def rule(root: Connection[Any]) -> Iterator[str]:
    """A rule that only the clock sets off."""
    row = {"name": new_id(), "types": "{}", "waiting_minutes": 10, "actions": ACTIONS}
    made = add_row(root, "chat_rules", row)["id"]
    yield made
    root.execute("delete from public.chat_rules where id = %s", [made])


@pytest.fixture
def conversation(root: Connection[Any]) -> str:
    """Of somebody."""
    return add_conversation(root, add_user(root))


def run(root: Connection[Any], rule: str, conversation: str, when: str, since: str | None = None) -> str:
    """A run at `when`, by an activity or since a moment; both are SQL."""
    row = root.execute(
        f"""insert into public.chat_rule_runs (rule_id, conversation_id, activity_id, since, status, created_at)
            values (%s, %s, {"null" if since else "gen_random_uuid()"}, {since or "null"}, 'done', {when})
            returning id, activity_id""",  # type: ignore[arg-type]
        [rule, conversation],
    ).fetchone()
    assert row is not None
    return str(row[0])


def left(root: Connection[Any], rule: str) -> set[str]:
    return {str(one) for (one,) in root.execute("select id from public.chat_rule_runs where rule_id = %s", [rule])}


def test_what_an_activity_set_off_is_forgotten_after_its_job(
    root: Connection[Any], rule: str, conversation: str
) -> None:
    old = [run(root, rule, conversation, f"{LONG_AGO} - interval '{n} min'") for n in range(3)]
    young, clocks = run(root, rule, conversation, "now()"), run(root, rule, conversation, LONG_AGO, LONG_AGO)
    root.execute(
        """insert into public.chat_jobs (kind, dedupe_key, payload, state)
           select 'rules', u.activity_id::text, '{}', 'dead' from public.chat_rule_runs u where u.id = %s""",
        [old[0]],
    )
    # The oldest first, and no more than wanted; an admin may still have the dead one done again.
    assert call(root, "rule_tidy", limit=1).body == {"gone": 1}
    assert left(root, rule) == {old[0], old[1], young, clocks}
    call(root, "rule_tidy")
    assert left(root, rule) == {old[0], young, clocks}
    root.execute(
        "delete from public.chat_jobs where dedupe_key = (select activity_id::text from public.chat_rule_runs"
        " where id = %s)",
        [old[0]],
    )
    call(root, "rule_tidy")
    assert left(root, rule) == {young, clocks}


@pytest.mark.parametrize("measure", ["waiting_since", "last_message_at", "silent_from"])
def test_of_the_clock_the_runs_that_are_over_are_forgotten(
    root: Connection[Any], rule: str, conversation: str, measure: str
) -> None:
    root.execute(
        f"update public.chat_desk set {measure} = {LONG_AGO} where conversation_id = %s",  # type: ignore[arg-type]
        [conversation],
    )
    ((now,),) = root.execute(
        f"select {measure} from public.chat_desk where conversation_id = %s",  # type: ignore[arg-type]
        [conversation],
    ).fetchall()
    over = run(root, rule, conversation, LONG_AGO, "now() - interval '40 days'")
    young = run(root, rule, conversation, "now()", "now() - interval '20 days'")
    goes_on = run(root, rule, conversation, LONG_AGO, f"'{now.isoformat()}'::timestamptz")
    assert over in left(root, rule)
    params = {"conversation_id": conversation, "activity_id": None, "since": "2026-01-01T00:00:00Z"}
    ((rev,),) = root.execute(
        "select c.rev + d.changes from public.chat_conversations c join public.chat_desk d on d.conversation_id = c.id"
        " where c.id = %s",
        [conversation],
    ).fetchall()
    assert call(root, "rule_apply", rule_id=rule, version=1, rev=rev, **params).body["outcome"] == "ran"
    assert left(root, rule) >= {young, goes_on}
    assert over not in left(root, rule)
