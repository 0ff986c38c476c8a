"""Settings of the team: who changes them, what stands in them, and that there is always an admin."""

from typing import Any
from unicodedata import normalize

import psycopg
import pytest
from psycopg import Connection

from scripts.local import LocalStack
from tests.db.chats import add_conversation, add_message, add_row, new_id
from tests.db.desk import Answer, Desk, Operator, add_operator, race
from tests.stack import Member, add_user
from tests.words import a_word


@pytest.fixture
def admin(root: Connection[Any]) -> Operator:
    """The only admin."""
    root.execute("update public.chat_operators set is_active = false")
    return add_operator(root, "admin", name="관리")


@pytest.fixture
def agent(root: Connection[Any]) -> Operator:
    return add_operator(root)


def save(desk: Desk, who: Operator, whom: str | None, **values: Any) -> Answer:
    return desk.ask("inbox_save_operator", who, id=whom, values=values)


@pytest.mark.parametrize(("values", "fault"), [({"role": "agent"}, "role"), ({"is_active": False}, "is_active")])
def test_the_last_admin_stays_one(
    root: Connection[Any], desk: Desk, admin: Operator, agent: Operator, values: dict[str, Any], fault: str
) -> None:
    # An admin whose account is gone, and one who may do nothing, are none.
    gone = add_operator(root, "admin")
    root.execute("delete from auth.users where id = %s", [gone.user])
    add_operator(root, "admin", is_active=False)
    refused = save(desk, admin, admin.id, **values)
    assert (refused.status, refused.code, refused.detail) == (422, "invalid", fault)
    assert save(desk, admin, admin.id, display_name="대표").code == "ok"
    assert save(desk, admin, agent.id, role="admin").code == "ok"
    assert save(desk, admin, admin.id, **values).code == "ok"
    assert save(desk, admin, admin.id, role="admin").code in {"not_allowed", "not_an_operator"}
    # Whoever runs the installation may do what the inbox may not.
    assert desk.ask("operator_revoke", user_id=agent.user).body is True


def test_two_admins_who_demote_each_other_leave_one(root: Connection[Any], stack: LocalStack, admin: Operator) -> None:
    other = add_operator(root, "admin")

    calls = [
        ("inbox_save_operator", who, {"id": whom.id, "values": {"role": "agent"}})
        for who, whom in ((admin, other), (other, admin))
    ]
    answers = race(stack, "select from public.chat_operators where id = any(%s)", [[admin.id, other.id]], calls)
    assert sorted(answer.code for answer in answers) == ["not_allowed", "ok"]


def test_an_admin_takes_somebody_in(root: Connection[Any], desk: Desk, admin: Operator) -> None:
    user = add_user(root)
    made = save(desk, admin, None, user_id=user, display_name="새 사람", avatar_url="https://example.com/a.png")
    assert (made.body["created"], made.body["operator"]["role"]) == (True, "agent")
    again = save(desk, admin, None, user_id=user, display_name="다른 이름")
    assert (again.body["created"], again.body["operator"]["display_name"]) == (False, "새 사람")
    for values, fault in (
        ({"display_name": "없음"}, "user_id"),
        ({"user_id": new_id(), "display_name": "없음"}, "user_id"),
        ({"user_id": add_user(root), "display_name": " "}, "display_name"),
        ({"user_id": add_user(root), "display_name": "새", "avatar_url": "javascript:x"}, "avatar_url"),
        ({"user_id": add_user(root), "display_name": "새", "role": "boss"}, "role"),
        ({"user_id": add_user(root), "display_name": "새", "seen_at": "2026-01-01"}, "seen_at"),
    ):
        assert save(desk, admin, None, **values).detail == fault
    assert save(desk, admin, new_id(), role="agent").code == "not_found"
    # Whose account somebody is stays as it is.
    kept = save(desk, admin, made.body["operator"]["id"], user_id=add_user(root), role="admin").body["operator"]
    assert (kept["user_id"], kept["role"]) == (user, "admin")
    listed = desk.ask("inbox_operators", admin).body["operators"]
    assert {admin.id, kept["id"]} <= {one["id"] for one in listed}


def test_labels_go_by_name(root: Connection[Any], desk: Desk, admin: Operator, conversation: str) -> None:
    name = f"배송 {a_word()}"
    made = desk.ask("inbox_save_label", admin, name=None, values={"name": f" {name} ", "color": "#AA00FF"})
    assert (made.body["created"], made.body["label"]["name"], made.body["label"]["color"]) == (True, name, "#aa00ff")
    again = desk.ask("inbox_save_label", admin, name=None, values={"name": name.upper()})
    assert (again.body["created"], again.body["label"]) == (False, made.body["label"])
    desk.change(admin, conversation, add_labels=[name])
    renamed = desk.ask("inbox_save_label", admin, name=name.upper(), values={"name": f"{name}!", "color": None})
    shown = renamed.body["label"]
    assert shown == {**made.body["label"], "name": f"{name}!", "color": None, "version": shown["version"]}
    assert desk.row(admin, conversation)["labels"] == [{"name": f"{name}!", "color": None}]
    desk.ask("inbox_save_label", admin, name=None, values={"name": name})
    assert desk.ask("inbox_save_label", admin, name=name, values={"name": f"{name}!"}).detail == "name"
    for values, fault in (
        ({}, "name"),
        ({"name": " "}, "name"),
        ({"name": "x" * 51}, "name"),
        ({"name": "y", "color": "red"}, "color"),
    ):
        assert desk.ask("inbox_save_label", admin, name=None, values=values).detail == fault
    assert desk.ask("inbox_save_label", admin, name="there is none", values={}).code == "not_found"
    assert desk.ask("inbox_delete_label", admin, name=f"{name}!").code == "ok"
    assert desk.ask("inbox_delete_label", admin, name=f"{name}!").code == "not_found"
    assert desk.row(admin, conversation)["labels"] == []


def test_a_label_is_the_same_in_either_form_of_hangul(
    root: Connection[Any], desk: Desk, admin: Operator, conversation: str
) -> None:
    name = f"환불 {a_word()}"
    parts = normalize("NFD", name)
    made = desk.ask("inbox_save_label", admin, name=None, values={"name": parts}).body
    assert (made["created"], made["label"]["name"]) == (True, name)
    again = desk.ask("inbox_save_label", admin, name=None, values={"name": name}).body
    assert (again["created"], again["label"]) == (False, made["label"])
    assert desk.change(admin, conversation, add_labels=[parts]).code == "ok"
    found = desk.ask("inbox_list", admin, view="all", label=parts).body["conversations"]
    assert [one["id"] for one in found] == [conversation]
    assert desk.change(admin, conversation, remove_labels=[parts]).code == "ok"
    assert desk.row(admin, conversation)["labels"] == []
    assert desk.ask("inbox_save_label", admin, name=parts, values={"color": "#aa0000"}).code == "ok"
    assert desk.ask("inbox_delete_label", admin, name=parts).code == "ok"
    with pytest.raises(psycopg.errors.CheckViolation):
        add_row(root, "chat_labels", {"name": parts})


def test_canned_replies_are_everybodys_or_ones_own(root: Connection[Any], desk: Desk, agent: Operator) -> None:
    other, word = add_operator(root), a_word()
    shared = desk.ask("inbox_save_canned_reply", agent, id=None, values={"shortcut": word, "content": "감사합니다"})
    assert (shared.body["created"], shared.body["canned_reply"]["is_personal"]) == (True, False)
    own = {"shortcut": word, "content": "나만", "is_personal": True}
    personal = desk.ask("inbox_save_canned_reply", agent, id=None, values=own).body["canned_reply"]
    listed = {one["id"] for one in desk.ask("inbox_canned_replies", other).body["canned_replies"]}
    assert shared.body["canned_reply"]["id"] in listed
    assert personal["id"] not in listed
    for function, more in (
        ("inbox_save_canned_reply", {"values": {"content": "x"}}),
        ("inbox_delete_canned_reply", {}),
    ):
        assert desk.ask(function, other, id=personal["id"], **more).code == "not_found"
    repeat = desk.ask("inbox_save_canned_reply", agent, id=None, values=own).body
    assert (repeat["created"], repeat["canned_reply"]["id"]) == (False, personal["id"])
    assert desk.ask("inbox_save_canned_reply", agent, id=None, values={**own, "content": "다름"}).detail == "shortcut"
    assert desk.ask("inbox_save_canned_reply", agent, id=None, values={**own, "shortcut": "a b"}).detail == "shortcut"
    assert desk.ask("inbox_delete_canned_reply", agent, id=personal["id"]).code == "ok"


def test_hours_are_kept_as_they_are_meant(root: Connection[Any], desk: Desk, admin: Operator, agent: Operator) -> None:
    before = desk.ask("inbox_hours", agent).body["hours"]
    del before["version"]
    spans = [{"weekday": 0, "from": "22:00", "to": "06:00"}]
    values = {"time_zone": "Europe/Berlin", "spans": spans, "always_open": False}
    saved = desk.ask("inbox_save_hours", admin, values=values).body["hours"]
    assert saved == {**before, **values, "version": saved["version"]}
    for values, fault in (
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"spans": {}}, "spans"),
        ({"always_open": None}, "always_open"),
        ({"override_open": True}, "override_until"),
        ({"online_until": "2099-01-01"}, "online_until"),
    ):
        assert desk.ask("inbox_save_hours", admin, values=values).detail == fault
    assert (
        desk.ask(
            "inbox_save_hours", admin, values={name: before[name] for name in ("time_zone", "spans", "always_open")}
        ).code
        == "ok"
    )


def test_an_export_is_everything_once_and_never_a_note(
    root: Connection[Any], desk: Desk, admin: Operator, member: Member
) -> None:
    (since,) = root.execute("select clock_timestamp()::text").fetchone()
    made = []
    # The second is more than a page holds.
    for count in (3, 620, 0, 2):
        made.append(add_conversation(root, member.id))
        root.execute(
            "insert into public.chat_messages (user_id, conversation_id, role, kind, content)"
            " select %s, %s, 'bot', 'text', n::text from generate_series(1, %s) n", [member.id, made[-1], count],
        )  # fmt: skip
    add_message(root, member.id, made[0], role="user", content="마지막")
    desk.ask("inbox_add_note", admin, id=made[0], client_note_id=new_id(), content="비밀 메모")
    pages, seen, place = 0, [], None
    while True:
        page = desk.ask("inbox_export", admin, **{"from": since}, after=place).body
        assert "비밀 메모" not in str(page)
        assert sum(len(row["messages"]) for row in page["rows"]) <= 500
        seen += [
            (row["conversation"]["id"], message["seq"])
            for row in page["rows"]
            for message in row["messages"] or [{"seq": 0}]
        ]
        place, pages = page["next"], pages + 1
        if not page["rows"]:
            break
    sizes = zip(made, (4, 620, 0, 2), strict=True)
    assert seen == [(one, seq) for one, size in sizes for seq in (range(1, size + 1) if size else [0])]
    assert (pages, place) == (3, None)
    made_at = "select created_at::text from public.chat_conversations where id = %s"
    (since,) = root.execute(made_at, [made[3]]).fetchone()
    assert [
        row["conversation"]["id"] for row in desk.ask("inbox_export", admin, **{"from": since}).body["rows"]
    ] == made[3:]
    told = root.execute(
        "select count(*) from public.chat_activities where type = 'export.made' and actor_id = %s", [admin.id]
    )
    assert told.fetchone() == (2,)
