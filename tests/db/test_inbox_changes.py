"""What operators change of a conversation: from the state that they saw, all of it or nothing, and told who did it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg import Connection

from scripts.local import LocalStack
from tests.db.calls import call
from tests.db.chats import add_conversation, add_message, add_row, conversation_row, messages_of, new_id
from tests.db.desk import Desk, Operator, activities, add_operator, race
from tests.stack import Member
from tests.words import a_word

TOMORROW = (datetime.now(UTC) + timedelta(days=1)).isoformat()


@pytest.fixture
def somebody(root: Connection[Any]) -> Operator:
    return add_operator(root, name="김하늘")


@pytest.fixture
def colleague(root: Connection[Any]) -> Operator:
    return add_operator(root, name="박나래")


@pytest.fixture
def label(root: Connection[Any]) -> str:
    name = f"환불 {a_word()}"
    add_row(root, "chat_labels", {"name": name, "color": "#aa0000"})
    return name


def state(desk: Desk, who: Operator, conversation: str) -> tuple[Any, ...]:
    row = desk.row(who, conversation)
    return row["status"], row["handling"], (row["assignee"] or {}).get("id"), row["waiting_since"] is not None


def test_the_way_of_a_conversation_through_hands(
    root: Connection[Any], desk: Desk, somebody: Operator, colleague: Operator, conversation: str
) -> None:
    steps: list[tuple[dict[str, Any], tuple[Any, ...]]] = [
        ({"handling": "waiting"}, ("open", "waiting", None, True)),
        ({"assignee_id": colleague.id}, ("open", "agent", colleague.id, True)),
        ({"assignee_id": somebody.id, "handling": "agent"}, ("open", "agent", somebody.id, True)),
        ({"assignee_id": None}, ("open", "waiting", None, True)),
        ({"handling": "agent"}, ("open", "agent", somebody.id, True)),
        ({"status": "completed"}, ("completed", "agent", somebody.id, False)),
        ({"status": "open"}, ("open", "agent", somebody.id, False)),
        ({"handling": "bot"}, ("open", "bot", None, False)),
        ({"assignee_id": None}, ("open", "bot", None, False)),
    ]
    before, former = 0, state(desk, somebody, conversation)
    for changes, wanted in steps:
        answer = desk.change(somebody, conversation, **changes)
        assert answer.code == "ok", changes
        assert state(desk, somebody, conversation) == wanted, changes
        # Each is a change that the customer sees, and the last is none.
        rev = conversation_row(root, conversation)["rev"]
        assert (rev > before) is (wanted != former), changes
        before, former = rev, wanted
    assert conversation_row(root, conversation)["agent"] is None
    told = activities(root, conversation)
    assert [kind.removeprefix("conversation.") for kind, *_ in told] == [
        "opened", "handed_over", "assigned", "assigned", "unassigned", "assigned",
        "completed", "reopened", "unassigned", "handed_over",
    ]  # fmt: skip
    assert {actor for _, _, actor in told[1:]} == {somebody.id}


def test_of_several_changes_of_one_state_one_wins(
    root: Connection[Any], stack: LocalStack, desk: Desk, somebody: Operator, colleague: Operator, conversation: str
) -> None:
    rev = desk.row(somebody, conversation)["seen_rev"]

    wanted = [
        {"assignee_id": somebody.id},
        {"assignee_id": colleague.id},
        {"handling": "waiting"},
        {"status": "completed"},
    ]
    params = {"id": conversation, "if_rev": rev}
    calls = [("inbox_change", somebody, {**params, "changes": changes}) for changes in wanted]
    answers = race(stack, "select from public.chat_conversations where id = %s", [conversation], calls)
    assert sum(answer.code == "ok" for answer in answers) == 1
    lost = [answer for answer in answers if answer.code != "ok"]
    assert {answer.code for answer in lost} <= {"conversation_changed", "conversation_completed"}
    now = desk.row(somebody, conversation)
    for answer in lost:
        if answer.code == "conversation_changed":
            assert answer.detail["seen_rev"] == now["seen_rev"] == rev + 1


def test_what_only_operators_see_needs_no_state_and_moves_nothing_for_the_customer(
    root: Connection[Any], desk: Desk, somebody: Operator, conversation: str, label: str
) -> None:
    rev = conversation_row(root, conversation)["rev"]
    params = {"id": conversation, "if_rev": None}
    other = f"배송 {a_word()}"
    add_row(root, "chat_labels", {"name": other})
    desk.ask("inbox_change", somebody, **params, changes={"add_labels": [other]})
    assert desk.row(somebody, conversation)["labels"] == [{"name": other, "color": None}]
    for changes in (
        {"add_labels": [label.upper(), label], "priority": "urgent"},
        {"snoozed_until": TOMORROW},
        {"blocked": True},
        {"remove_labels": [label], "snoozed_until": None, "blocked": False},
    ):
        assert desk.ask("inbox_change", somebody, **params, changes=changes).code == "ok"
    # The same again is no change.
    seen = desk.row(somebody, conversation)
    again = desk.ask("inbox_change", somebody, **params, changes={"remove_labels": [label], "blocked": False})
    assert again.body["conversation"]["seen_rev"] == seen["seen_rev"]
    assert (seen["rev"], seen["priority"], seen["labels"], seen["snoozed_until"]) == (
        rev, "urgent", [{"name": other, "color": None}], None,
    )  # fmt: skip
    assert seen["contact"]["blocked_at"] is None
    told = [kind for kind, *_ in activities(root, conversation)]
    assert told == [
        "conversation.opened", "conversation.labelled", "conversation.labelled", "conversation.prioritised",
        "conversation.snoozed",
        "contact.updated", "conversation.labelled", "conversation.woken", "contact.updated",
    ]  # fmt: skip


@pytest.mark.parametrize(("changes", "fault"), [
    ({"status": "gone"}, "status"),
    ({"status": "completed", "handling": "bot"}, "status"),
    ({"handling": "robot"}, "handling"),
    ({"handling": "agent", "assignee_id": None}, "handling"),
    ({"assignee_id": "00000000-0000-4000-8000-000000000000"}, "assignee_id"),
    ({"priority": "huge"}, "priority"),
    ({"priority": None}, "priority"),
    ({"snoozed_until": "2020-01-01T00:00:00Z"}, "snoozed_until"),
    ({"blocked": "yes"}, "blocked"),
    ({"add_labels": ["there is none"]}, "labels"),
    ({"priority": "high", "title": "x"}, "title"),
])  # fmt: skip
def test_what_cannot_be_meant_is_refused_whole(
    root: Connection[Any],
    desk: Desk,
    somebody: Operator,
    conversation: str,
    label: str,
    changes: dict[str, Any],
    fault: str,
) -> None:
    before = conversation_row(root, conversation), desk.row(somebody, conversation)
    answer = desk.change(somebody, conversation, **{"add_labels": [label], **changes})
    assert (answer.status, answer.code, answer.detail) == (422, "invalid", fault)
    assert (conversation_row(root, conversation), desk.row(somebody, conversation)) == before


def test_what_is_guarded_names_the_state_it_was_seen_in(desk: Desk, somebody: Operator, conversation: str) -> None:
    params = {"id": conversation, "if_rev": None, "changes": {"handling": "waiting"}}
    answer = desk.ask("inbox_change", somebody, **params)
    assert (answer.code, answer.detail) == ("invalid", "if_rev")


def test_nobody_is_assigned_who_may_do_nothing(
    root: Connection[Any], desk: Desk, somebody: Operator, conversation: str
) -> None:
    inactive, gone = add_operator(root, is_active=False), add_operator(root)
    root.execute("delete from auth.users where id = %s", [gone.user])
    for one in (inactive, gone):
        assert desk.change(somebody, conversation, assignee_id=one.id).detail == "assignee_id"


def test_a_blocked_customer_writes_nothing(
    root: Connection[Any], desk: Desk, somebody: Operator, member: Member, member_rest: Any, conversation: str
) -> None:
    said = {"conversation_id": conversation, "role": "user", "kind": "text", "content": "안녕"}
    desk.change(somebody, conversation, blocked=True)
    try:
        refused = member_rest.post("/chat_messages", json={**said, "client_message_id": new_id()})
        assert (refused.status_code, refused.json()["message"]) == (403, "not_allowed")
        assert desk.reply(somebody, conversation, new_id()).code == "ok"
    finally:
        desk.change(somebody, conversation, blocked=False)
    assert member_rest.post("/chat_messages", json={**said, "client_message_id": new_id()}).status_code == 201


def flow_says(version: int, handling: str, status: str, *messages: dict[str, Any]) -> dict[str, Any]:
    turn = {"message_id": None, "turn_id": new_id(), "request_id": None, "answer": None, "inquiry": None}
    return {
        "state_version": version, "state": {"step": "more"}, "status": status, "flow_version": "desk", "flow": {},
        "handling": handling, "turns": [{**turn, "messages": list(messages)}],
    }  # fmt: skip


def line(role: str, content: str) -> dict[str, Any]:
    return {
        "id": new_id(),
        "role": role,
        "kind": "notice",
        "content": content,
        "client_message_id": None,
        "step_id": "x",
    }


def test_the_flow_speaks_in_the_same_transaction(
    root: Connection[Any], desk: Desk, somebody: Operator, member: Member, conversation: str
) -> None:
    add_message(root, member.id, conversation, role="user")
    desk.ask("inbox_claim", somebody, id=conversation)
    turn = desk.ask("inbox_turn", somebody, id=conversation).body
    assert (turn["inbox"]["handling"], turn["state_version"]) == ("agent", 0)
    params = {"id": conversation, "if_rev": turn["inbox"]["seen_rev"], "changes": {"handling": "bot"}}

    # The flow went on meanwhile, though nothing of it was to be seen: neither the change nor its words are there.
    late = desk.ask(
        "inbox_change", somebody, **params, reply=flow_says(7, "people", "open", line("bot", "다시 왔어요"))
    )
    assert late.code == "conversation_changed"
    assert late.detail["seen_rev"] == params["if_rev"]
    assert desk.row(somebody, conversation)["handling"] == "agent"

    answer = desk.ask(
        "inbox_change", somebody, **params, reply=flow_says(0, "people", "open", line("bot", "다시 왔어요"))
    )
    assert [message["content"] for message in answer.body["messages"]] == ["다시 왔어요"]
    row = answer.body["conversation"]
    assert (row["handling"], row["assignee"], row["waiting_since"]) == ("bot", None, None)

    ended = desk.ask(
        "inbox_change", somebody, id=conversation, if_rev=row["seen_rev"], changes={"status": "completed"},
        reply=flow_says(1, "bot", "completed", line("system", "상담을 마칩니다")),
    )  # fmt: skip
    assert [message["content"] for message in ended.body["messages"]] == ["상담을 마칩니다"]
    assert ended.body["conversation"]["status"] == "completed"
    assert activities(root, conversation)[-3:] == [
        ("conversation.unassigned", "operator", somebody.id), ("conversation.handed_over", "operator", somebody.id),
        ("conversation.completed", "operator", somebody.id),
    ]  # fmt: skip
    assert desk.reply(somebody, conversation, new_id()).code == "conversation_completed"
    assert desk.change(somebody, conversation, handling="agent").code == "conversation_completed"


def test_a_full_conversation_is_not_opened_again(
    root: Connection[Any], desk: Desk, somebody: Operator, member: Member
) -> None:
    full = add_conversation(root, member.id, status="completed", message_count=5000)
    assert desk.change(somebody, full, status="open").code == "conversation_completed"


def test_notes_are_written_once_and_belong_to_who_wrote_them(
    root: Connection[Any], desk: Desk, somebody: Operator, colleague: Operator, conversation: str
) -> None:
    note = {"id": conversation, "client_note_id": new_id(), "content": "환불 약속함"}
    made = desk.ask("inbox_add_note", somebody, **note)
    assert (made.body["created"], made.body["note"]["author"]["id"]) == (True, somebody.id)
    again = desk.ask("inbox_add_note", somebody, **note)
    assert (again.body["created"], again.body["note"]["id"]) == (False, made.body["note"]["id"])
    assert desk.ask("inbox_add_note", somebody, **{**note, "content": "다른 말"}).code == "idempotency_conflict"
    assert (
        desk.ask("inbox_add_note", somebody, **{**note, "client_note_id": new_id(), "content": " "}).code == "invalid"
    )

    place = {"note_id": made.body["note"]["id"]}
    assert desk.ask("inbox_edit_note", colleague, **place, content="x").code == "not_allowed"
    assert desk.ask("inbox_delete_note", colleague, **place).code == "not_allowed"
    edited = desk.ask("inbox_edit_note", somebody, **place, content="환불 완료").body["note"]
    assert (edited["content"], edited["edited_at"] is not None) == ("환불 완료", True)
    assert desk.ask("inbox_add_note", somebody, **note).body["created"] is False
    # What it says is for colleagues: not for whoever is told of activities.
    told = root.execute("select data::text from public.chat_activities where conversation_id = %s", [conversation])
    assert "환불" not in str(told.fetchall())
    assert desk.ask("inbox_delete_note", somebody, **place).code == "ok"
    assert desk.ask("inbox_delete_note", somebody, **place).code == "not_found"
    assert conversation_row(root, conversation)["rev"] == 0
    assert messages_of(root, conversation) == []


def test_a_reply_wakes_nothing_but_a_customer_does(
    root: Connection[Any], desk: Desk, somebody: Operator, member: Member, conversation: str
) -> None:
    desk.change(somebody, conversation, snoozed_until=TOMORROW)
    desk.reply(somebody, conversation, new_id())
    assert desk.row(somebody, conversation)["snoozed_until"] is not None
    add_message(root, member.id, conversation, role="user")
    row = desk.row(somebody, conversation)
    assert (row["snoozed_until"], row["unread_count"], row["waiting_since"] is not None) == (None, 1, True)


IDLE = {"seconds": 300, "limit": 500}


def test_what_is_opened_again_is_in_sight_and_nobody_has_waited(
    root: Connection[Any], desk: Desk, somebody: Operator, conversation: str
) -> None:
    desk.change(somebody, conversation, handling="waiting")
    desk.change(somebody, conversation, status="completed")
    desk.change(somebody, conversation, snoozed_until=TOMORROW)
    desk.change(somebody, conversation, status="open")
    row = desk.row(somebody, conversation)
    assert (row["snoozed_until"], row["waiting_since"]) == (None, None)
    # Put aside with it is meant, and so is that somebody is wanted.
    desk.change(somebody, conversation, status="completed")
    desk.change(somebody, conversation, status="open", handling="waiting", snoozed_until=TOMORROW)
    row = desk.row(somebody, conversation)
    assert row["snoozed_until"]
    assert row["waiting_since"]


@pytest.mark.parametrize(("columns", "is_gone"), [
    ("availability = 'online', seen_at = now()", False),
    ("availability = 'online', seen_at = now() - interval '359 seconds'", False),
    ("availability = 'online', seen_at = now() - interval '361 seconds'", True),
    ("availability = 'offline', seen_at = now(), offline_since = now() - interval '299 seconds'", False),
    ("availability = 'offline', seen_at = now(), offline_since = now() - interval '301 seconds'", True),
    ("is_active = false, seen_at = now()", True),
])  # fmt: skip
def test_what_belongs_to_somebody_who_left_waits_again(
    root: Connection[Any],
    desk: Desk,
    member: Member,
    conversation: str,
    somebody: Operator,
    columns: str,
    is_gone: bool,
) -> None:
    # What the tests before have given to people is waiting again when these are over, be it in five minutes.
    desk.ask("inbox_return_idle", seconds=0, limit=500)
    add_message(root, member.id, conversation, role="user")
    desk.ask("inbox_claim", somebody, id=conversation)
    root.execute(
        "update public.chat_desk set assigned_at = now() - interval '1 hour' where conversation_id = %s", [conversation]
    )
    looking = add_operator(root)
    # In one transaction, in which time stands still.
    with root.transaction():
        root.execute(f"update public.chat_operators set {columns} where id = %s", [somebody.id])
        assert (call(root, "inbox_return_idle", **IDLE).body > 0) is is_gone
    row = desk.row(looking, conversation)
    assert (row["handling"], row["assignee"] is None) == (("waiting", True) if is_gone else ("agent", False))
    if is_gone:
        assert activities(root, conversation)[-1] == ("conversation.unassigned", "system", None)
        assert conversation_row(root, conversation)["agent"] is None
    if is_gone:
        assert desk.ask("inbox_return_idle", **IDLE).body == 0
    root.execute("update public.chat_operators set is_active = false where id = %s", [somebody.id])
    desk.ask("inbox_return_idle", seconds=0, limit=500)


def test_somebody_who_is_away_keeps_what_they_were_just_given(
    root: Connection[Any], desk: Desk, conversation: str, somebody: Operator, colleague: Operator
) -> None:
    root.execute("update public.chat_operators set seen_at = now() - interval '1 day' where id = %s", [colleague.id])
    desk.change(somebody, conversation, assignee_id=colleague.id)
    desk.ask("inbox_return_idle", **IDLE)
    assert desk.row(somebody, conversation)["assignee"]["id"] == colleague.id


def test_what_was_put_aside_comes_back_by_itself(
    root: Connection[Any], desk: Desk, conversation: str, somebody: Operator
) -> None:
    desk.change(somebody, conversation, snoozed_until=TOMORROW)
    seen = desk.row(somebody, conversation)["seen_rev"]
    root.execute(
        "update public.chat_desk set snoozed_until = now() - interval '1 second' where conversation_id = %s",
        [conversation],
    )
    desk.ask("inbox_return_idle", **IDLE)
    row = desk.row(somebody, conversation)
    assert (row["snoozed_until"], row["seen_rev"]) == (None, seen + 1)
    assert activities(root, conversation)[-1] == ("conversation.woken", "system", None)
