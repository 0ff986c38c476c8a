"""Each action by itself, one that fails, and what rules do to each other."""

from collections.abc import Callable
from typing import Any

import pytest
from psycopg import Connection

from service.activities.rules import actions
from tests.db.chats import add_row, conversation_row, messages_of
from tests.stack import Member
from tests.web.chat import Chat
from tests.web.desk import Desk, add_operator
from tests.web.rules.keeping import ENDED, NOTE, Rules, said
from tests.words import a_word


@pytest.mark.parametrize(("action", "seen"), [
    ({"type": "sendMessage", "content": "안내예요"}, lambda now: ("system", "text", "안내예요", None) in now["said"]),
    ({"type": "addLabel", "label": "{label}"}, lambda now: "{label}" in now["labels"]),
    ({"type": "removeLabel", "label": "{other}"}, lambda now: "{other}" not in now["labels"]),
    ({"type": "assign", "operatorId": "{agent}"}, lambda now: now["assignee"] == "{agent}"),
    ({"type": "unassign"}, lambda now: (now["handling"], now["assignee"]) == ("waiting", None)),
    ({"type": "setPriority", "priority": "urgent"}, lambda now: now["priority"] == "urgent"),
    ({"type": "snooze", "minutes": 30}, lambda now: now["snoozedUntil"] is not None),
    ({"type": "complete"}, lambda now: (now["status"], now["said"][-1][:2]) == ("completed", ("bot", "notice"))),
    ({"type": "reopen"}, lambda now: (now["status"], now["handling"]) == ("open", "waiting")),
    ({"type": "handOver"}, lambda now: (now["handling"], now["said"][-1][1]) == ("waiting", "notice")),
    ({"type": "addNote", "content": "메모예요"}, lambda now: "메모예요" in now["notes"]),
    ({"type": "askRating"}, lambda now: now["ratingAsked"]),
])  # fmt: skip
def test_every_action_does_what_it_says_and_leaves_its_activity(
    rules: Rules,
    desk: Desk,
    chat: Chat,
    root: Connection[Any],
    team: dict[str, tuple[Member, str]],
    label: str,
    action: dict[str, Any],
    seen: Callable[[Any], bool],
) -> None:
    other = str(add_row(root, "chat_labels", {"name": f"옛 {a_word()}"})["name"])
    names = {"{label}": label, "{other}": other, "{agent}": team["agent"][1]}
    desk.change(chat.id, addLabels=[other])
    if action["type"] == "unassign":
        desk.claim(chat.id)
    if action["type"] == "reopen":
        desk.change(chat.id, status="completed")
    does = {key: names.get(value, value) for key, value in action.items()}
    rule = rules.save(
        [does, does], on=["note.created"], when={"field": "conversation.labels", "op": "is", "value": other}
    )
    before, rev = len(told_of(root, chat.id, rule)), conversation_row(root, chat.id)["rev"]
    desk.note(chat.id)
    rules.run()
    # What is so already is done as well.
    assert rules.outcomes(rule, chat.id)[-1] == ("done", [None, None])

    now = desk.show(chat.id)
    row = conversation_row(root, chat.id)
    now |= {
        "labels": [{label: "{label}", other: "{other}"}.get(one["name"]) for one in now["labels"]],
        "assignee": now["assignee"] and {team["agent"][1]: "{agent}"}.get(now["assignee"]["id"], "?"),
        "said": [(one["role"], one["kind"], one["content"], one["author"]) for one in messages_of(root, chat.id)],
        "notes": [one["content"] for one in desk.inbox("GET", f"/conversations/{chat.id}").body["notes"]],
        "ratingAsked": chat.page().body["conversation"]["ratingAsked"],
    }
    assert seen(now), now
    told = told_of(root, chat.id, rule)
    assert len(told) > before
    assert {tuple(causes) for _, causes in told} == {(rule,)}
    # Contiguous, also where a rule wrote: each row that changed has a number of its own.
    numbers = [one["rev"] for one in messages_of(root, chat.id)]
    assert len(set(numbers)) == len(numbers)
    assert max(numbers) <= row["rev"]
    assert row["rev"] >= rev


def told_of(db: Connection[Any], conversation: str, rule: str) -> list[tuple[str, list[str]]]:
    """What a rule did there, as activities: type and causes."""
    return [
        (kind, [str(one) for one in causes])
        for kind, causes in db.execute(
            "select type, causes from public.chat_activities"
            " where conversation_id = %s and actor_kind = 'rule' and actor_id = %s order by created_at",
            [conversation, rule],
        )
    ]


def test_an_action_that_fails_leaves_the_rest_done(
    rules: Rules, desk: Desk, chat: Chat, root: Connection[Any], label: str, new_member: Callable[[], Member]
) -> None:
    gone = add_operator(root, new_member())
    rule = rules.save(
        [
            {"type": "addLabel", "label": label}, {"type": "sendMessage", "content": "안녕히 가세요"},
            {"type": "assign", "operatorId": gone}, {"type": "addLabel", "label": label},
            {"type": "setPriority", "priority": "low"},
        ],
        **ENDED,
    )  # fmt: skip
    root.execute("update public.chat_operators set is_active = false where id = %s", [gone])
    root.execute("update public.chat_labels set name = %s where name = %s", [f"{label} 새", label])
    desk.change(chat.id, status="completed")
    rules.run()
    assert rules.outcomes(rule, chat.id) == [
        ("partial", ["unknown_label", "conversation_completed", "conversation_completed", "unknown_label", None])
    ]
    assert desk.show(chat.id)["priority"] == "low"


def test_a_rule_is_not_set_off_by_itself_and_chains_end(rules: Rules, chat: Chat, root: Connection[Any]) -> None:
    def says(words: str, when: str) -> str:
        return rules.save([{"type": "sendMessage", "content": words}], on=["message.created"], when=said(when))

    own = says("끝없이 끝없이", "끝없이")
    chat.write("끝없이 말해 주세요")
    rules.run()
    assert [status for status, _ in rules.outcomes(own, chat.id)] == ["skipped", "done"]

    chain = [says("둘째", "첫째"), says("셋째", "둘째"), says("넷째", "셋째"), says("다섯째", "넷째")]
    chat.write("첫째")
    rules.run()
    assert [[status for status, _ in rules.outcomes(one, chat.id)] for one in chain] == [
        ["done"], ["done"], ["done"], ["skipped"],
    ]  # fmt: skip
    said_by = [
        one["content"] for one in messages_of(root, chat.id) if one["role"] == "system" and one["kind"] == "text"
    ]
    assert said_by == ["끝없이 끝없이", "둘째", "셋째", "넷째"]


def test_rules_run_in_their_order_and_each_sees_what_the_one_before_did(
    rules: Rules, desk: Desk, chat: Chat, label: str
) -> None:
    labelled = {"field": "conversation.labels", "op": "is", "value": label}
    second = rules.save([{"type": "setPriority", "priority": "high"}], on=["note.created"], when=labelled)
    first = rules.save([{"type": "addLabel", "label": label}], on=["note.created"])
    desk.note(chat.id)
    rules.run()
    assert (len(rules.runs(first, chat.id)), len(rules.runs(second, chat.id))) == (1, 0)
    desk.change(chat.id, removeLabels=[label])
    assert [one["id"] for one in desk.inbox("PUT", "/rules/order", {"ruleIds": [first, second]}).body["rules"]][:2] == [
        first, second,
    ]  # fmt: skip
    desk.note(chat.id)
    rules.run()
    assert (len(rules.runs(first, chat.id)), len(rules.runs(second, chat.id))) == (2, 1)


def test_what_is_decided_from_a_state_that_has_moved_is_decided_again(
    rules: Rules, desk: Desk, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = rules.save(
        [NOTE], on=["note.created"], when={"field": "conversation.priority", "op": "is", "value": "normal"}
    )
    desk.note(chat.id)
    real = actions.apply

    def late(*args: Any) -> str:
        monkeypatch.undo()
        desk.change(chat.id, priority="high")
        return real(*args)

    monkeypatch.setattr(actions, "apply", late)
    rules.run()
    assert rules.runs(rule, chat.id) == []
