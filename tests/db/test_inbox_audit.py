"""What is changed about the team's settings is told from what to what, and never saved over what was not seen."""

from collections.abc import Iterator
from typing import Any

import pytest
from psycopg import Connection

from scripts.local import LocalStack
from tests.db.chats import add_row, new_id
from tests.db.desk import Desk, Operator, add_operator, race
from tests.stack import add_user
from tests.words import a_word


@pytest.fixture
def admin(root: Connection[Any]) -> Operator:
    return add_operator(root, "admin", name="관리")


def told(root: Connection[Any], who: Operator | None) -> list[tuple[str, dict[str, Any]]]:
    """Type and data of what somebody did to settings, in its order; of who runs the installation, the last one."""
    order = "order by created_at, id" if who else "order by created_at desc, id desc limit 1"
    rows = root.execute(
        "select type, data from public.chat_activities where conversation_id is null"
        f" and actor_id is not distinct from %s::uuid {order}",
        [who and who.id],
    )
    return [tuple(row) for row in rows]


def changes(root: Connection[Any], who: Operator | None) -> list[tuple[str, str, dict[str, list[Any]]]]:
    """What was changed: the kind of thing, the action, and each field with what it was and is."""
    return [
        (data["what"], data["action"], {name: [one["from"], one["to"]] for name, one in data["changes"].items()})
        for kind, data in told(root, who)
        if kind == "settings.changed"
    ]


def test_a_label_from_what_to_what(root: Connection[Any], desk: Desk, admin: Operator) -> None:
    name = f"배송 {a_word()}"
    desk.ask("inbox_save_label", admin, name=None, values={"name": name})
    desk.ask("inbox_save_label", admin, name=None, values={"name": name})
    desk.ask("inbox_save_label", admin, name=name, values={"color": "#aa00ff"})
    desk.ask("inbox_delete_label", admin, name=name)
    assert changes(root, admin) == [
        ("label", "added", {"name": [None, name]}),
        ("label", "changed", {"color": [None, "#aa00ff"]}),
        ("label", "removed", {"name": [name, None], "color": ["#aa00ff", None]}),
    ]
    assert {data["name"] for _, data in told(root, admin)} == {name}


RULE = {"types": ["conversation.completed"], "actions": [{"type": "askRating"}]}
WEBHOOK = {"url": "https://user:pass@crm.example/token", "types": ["note.created"], "secret": "sealed"}


@pytest.mark.parametrize(
    ("what", "made", "wanted", "told_as"),
    [
        ("rule", RULE, {"is_active": False}, {"is_active": [True, False]}),
        ("webhook", WEBHOOK, {"types": []}, {"types": [["note.created"], []]}),
        ("channel", {"key_digest": "0" * 64}, {"single_thread": True}, {"single_thread": [False, True]}),
        ("channel", {"key_digest": "0" * 64}, {"key_digest": None}, {"has_key": [True, False]}),
    ],
)
def test_what_others_are_told_of_from_what_to_what(
    root: Connection[Any],
    desk: Desk,
    admin: Operator,
    what: str,
    made: dict[str, Any],
    wanted: dict[str, Any],
    told_as: dict[str, list[Any]],
) -> None:
    named = {} if what == "webhook" else {"name": f"이름 {a_word()}"}
    saved = desk.ask(f"inbox_save_{what}", admin, id=None, values={**made, **named}).body[what]
    for _ in range(2):
        desk.ask(f"inbox_save_{what}", admin, id=saved["id"], values=wanted)
    desk.ask(f"inbox_delete_{what}", admin, id=saved["id"])
    found = changes(root, admin)
    assert [entry[:2] for entry in found] == [(what, "added"), (what, "changed"), (what, "removed")]
    assert found[1][2] == told_as
    # What opens something is in nothing that is kept for ever.
    assert not [word for word in ("pass", "token", "sealed", "0" * 64) if word in str(told(root, admin))]


def test_the_hours_from_what_to_what(root: Connection[Any], desk: Desk, admin: Operator) -> None:
    before = desk.ask("inbox_hours", admin).body["hours"]
    values = {"always_open": not before["always_open"], "time_zone": before["time_zone"], "expected_reply_seconds": 90}
    desk.ask("inbox_save_hours", admin, values=values)
    desk.ask("inbox_save_hours", admin, values={name: before[name] for name in values})
    there = {name: [before[name], values[name]] for name in ("always_open", "expected_reply_seconds")}
    assert changes(root, admin) == [
        ("hours", "changed", there),
        ("hours", "changed", {name: moved[::-1] for name, moved in there.items()}),
    ]


def test_the_longest_change_is_told_whole(root: Connection[Any], desk: Desk, admin: Operator) -> None:
    before = desk.ask("inbox_hours", admin).body["hours"]
    days = [f"{2030 + n // 28}-02-{n % 28 + 1:02}" for n in range(50)]
    for letter in "가나":
        holidays = [{"date": day, "name": letter * 80} for day in days]
        assert desk.ask("inbox_save_hours", admin, values={"holidays": holidays}).code == "ok"
    saved = {"shortcut": f"s{a_word()}", "content": "😀" * 4000}
    reply = desk.ask("inbox_save_canned_reply", admin, id=None, values=saved).body["canned_reply"]["id"]
    assert desk.ask("inbox_save_canned_reply", admin, id=reply, values={"content": "\u0001" * 3999 + "."}).code == "ok"
    desk.ask("inbox_save_hours", admin, values={"holidays": before["holidays"]})
    assert [what for what, _, _ in changes(root, admin)] == ["hours", "hours", "canned_reply", "canned_reply", "hours"]


def test_a_shared_reply_is_a_setting_and_ones_own_is_none(root: Connection[Any], desk: Desk) -> None:
    agent, word = add_operator(root), f"s{a_word()}"
    own = {"shortcut": word, "content": "감사합니다", "is_personal": True}
    made = desk.ask("inbox_save_canned_reply", agent, id=None, values=own).body["canned_reply"]["id"]
    desk.ask("inbox_save_canned_reply", agent, id=made, values={"content": "고맙습니다"})
    assert told(root, agent) == []
    for values in ({"is_personal": False}, {"content": "네"}, {"is_personal": True}):
        desk.ask("inbox_save_canned_reply", agent, id=made, values=values)
    desk.ask("inbox_delete_canned_reply", agent, id=made)
    everything = {"content", "shortcut", "is_personal"}
    assert [(action, set(fields)) for _, action, fields in changes(root, agent)] == [
        ("added", everything),
        ("changed", {"content"}),
        ("removed", everything),
    ]


def test_the_team_from_what_to_what(root: Connection[Any], desk: Desk, admin: Operator) -> None:
    user = add_user(root)
    made = desk.ask("inbox_save_operator", admin, id=None, values={"user_id": user, "display_name": "새 사람"})
    desk.ask("inbox_save_operator", admin, id=made.body["operator"]["id"], values={"role": "admin"})
    assert changes(root, admin) == [
        ("operator", "added", {"role": [None, "agent"], "is_active": [None, True], "display_name": [None, "새 사람"]}),
        ("operator", "changed", {"role": ["agent", "admin"]}),
    ]
    desk.ask("operator_revoke", user_id=user)
    assert changes(root, None) == [("operator", "changed", {"is_active": [True, False]})]
    desk.ask("operator_grant", user_id=user, role="agent", name=None)
    assert changes(root, None) == [("operator", "changed", {"role": ["admin", "agent"], "is_active": [False, True]})]


def test_marks_and_exports_are_told(root: Connection[Any], desk: Desk) -> None:
    agent = add_operator(root)
    inquiry = {"client_inquiry_id": new_id(), "flow_version": "test", "step_id": "write", "values": {"name": "김하늘"}}
    key = str(add_row(root, "chat_inquiries", inquiry)["id"])
    for status in ("done", "done", "new"):
        desk.ask("chat_operator_mark", agent, inquiry_id=key, status=status)
    later = {"before_at": "2026-01-01", "before_id": new_id()}
    for more in ({"is_export": True}, {"is_export": True, **later}, {}):
        desk.ask("chat_operator_inquiries", agent, text="김하늘", **more)
    assert told(root, agent) == [
        ("inquiry.marked", {"inquiryId": key, "from": "new", "to": "done"}),
        ("inquiry.marked", {"inquiryId": key, "from": "done", "to": "new"}),
        ("export.made", {"what": "inquiries", "isSearch": True}),
    ]
    root.execute("delete from public.chat_inquiries where id = %s", [key])


# A change that is refused, for each function.
REFUSED: dict[str, dict[str, Any]] = {
    "inbox_save_label": {"name": None, "values": {"name": "y", "color": "red"}},
    "inbox_save_hours": {"values": {"time_zone": "Mars/Olympus"}},
    "inbox_save_operator": {"id": None, "values": {"display_name": "없음"}},
}


@pytest.mark.parametrize("function", REFUSED)
def test_a_change_that_fails_is_not_told(root: Connection[Any], desk: Desk, admin: Operator, function: str) -> None:
    assert desk.ask(function, admin, **REFUSED[function]).code == "invalid"
    assert told(root, admin) == []


Saver = tuple[str, dict[str, Any], list[dict[str, Any]]]


def savers(root: Connection[Any], desk: Desk, admin: Operator) -> dict[str, Saver]:
    """By function: the version that is seen, what it is about, and two things to save."""
    label = desk.ask("inbox_save_label", admin, name=None, values={"name": f"라벨 {a_word()}"}).body["label"]
    values = {"shortcut": f"s{a_word()}", "content": "가"}
    reply = desk.ask("inbox_save_canned_reply", admin, id=None, values=values).body["canned_reply"]
    other = add_operator(root)
    listed = desk.ask("inbox_operators", admin).body["operators"]
    colleague = next(one for one in listed if one["id"] == other.id)
    hours = desk.ask("inbox_hours", admin).body["hours"]
    expected = [{"expected_reply_seconds": n} for n in (41, hours["expected_reply_seconds"])]
    return {
        "inbox_save_label": (label["version"], {"name": label["id"]}, [{"color": "#111111"}, {"color": "#222222"}]),
        "inbox_save_canned_reply": (reply["version"], {"id": reply["id"]}, [{"content": "나"}, {"content": "다"}]),
        "inbox_save_operator": (colleague["version"], {"id": other.id}, [{"role": "admin"}, {"display_name": "둘"}]),
        "inbox_save_hours": (hours["version"], {}, expected),
    }


@pytest.mark.parametrize(
    "function", ["inbox_save_label", "inbox_save_canned_reply", "inbox_save_operator", "inbox_save_hours"]
)
def test_nobody_saves_over_what_they_have_not_seen(
    root: Connection[Any], desk: Desk, admin: Operator, function: str
) -> None:
    seen, thing, (first, second) = savers(root, desk, admin)[function]
    assert desk.ask(function, admin, **thing, values=first, if_version=seen).code == "ok"
    before = len(told(root, admin))
    late = desk.ask(function, admin, **thing, values=second, if_version=seen)
    assert (late.status, late.code) == (409, "settings_changed")
    assert {name: late.detail[name] for name in first} == first
    assert late.detail["version"] != seen
    assert len(told(root, admin)) == before
    assert desk.ask(function, admin, **thing, values=second, if_version=late.detail["version"]).code == "ok"
    # Who does not say what they saw means it as it is.
    for values in (first, second):
        assert desk.ask(function, admin, **thing, values=values).code == "ok"


def test_a_heartbeat_is_no_other_state(desk: Desk, admin: Operator) -> None:
    def versions() -> tuple[str, str]:
        hours, me = (desk.ask(f"inbox_{name}", admin).body for name in ("hours", "me"))
        return hours["hours"]["version"], me["operator"]["version"]

    before = versions()
    desk.ask("inbox_available", admin, availability="online")
    assert versions() == before


def test_of_two_at_once_one_saves(root: Connection[Any], stack: LocalStack, desk: Desk, admin: Operator) -> None:
    other = add_operator(root, "admin")
    hours = desk.ask("inbox_hours", admin).body["hours"]
    calls: list[tuple[str, Operator | None, dict[str, Any]]] = [
        ("inbox_save_hours", who, {"values": {"expected_reply_seconds": n}, "if_version": hours["version"]})
        for n, who in enumerate((admin, other), 901)
    ]
    answers = race(stack, "select from public.chat_team", [], calls)
    assert sorted(answer.code for answer in answers) == ["ok", "settings_changed"]
    desk.ask("inbox_save_hours", admin, values={"expected_reply_seconds": hours["expected_reply_seconds"]})


@pytest.fixture
def entries(root: Connection[Any], admin: Operator) -> Iterator[list[str]]:
    """Twenty entries, the newest of all, as long as one can be; newest first. Two each are of one moment."""
    root.execute(
        "insert into public.chat_activities (type, actor_kind, actor_id, actor_name, data, created_at)"
        """ select 'settings.changed', 'operator', %s, 'x', '{"what": "hours", "action": "changed", "changes": {}}'"""
        "   || jsonb_build_object('name', repeat('y', 130000)), now() + (60 - n / 2) * interval '1 minute'"
        " from generate_series(1, 20) n", [admin.id],
    )  # fmt: skip
    mine = "from public.chat_activities where actor_id = %s"
    yield [key for (key,) in root.execute(f"select id::text {mine} order by created_at desc, id desc", [admin.id])]
    root.execute(f"delete {mine}", [admin.id])


@pytest.mark.parametrize(("limit", "size"), [(3, 3), (200, 7)])
def test_pages_hold_everything_once_and_are_never_too_long(
    desk: Desk, admin: Operator, entries: list[str], limit: int, size: int
) -> None:
    seen: list[str] = []
    place: dict[str, Any] = {}
    while len(seen) < len(entries):
        page = desk.ask("inbox_audit", admin, limit=limit, **place).body
        rows = page["activities"]
        assert len(rows) == size or len(seen) + size > len(entries)
        seen += [one["id"] for one in rows]
        place = {"before_at": rows[-1]["created_at"], "before_id": rows[-1]["id"]}
    assert seen[: len(entries)] == entries
    end = desk.ask("inbox_audit", admin, before_at="1990-01-01", before_id=new_id()).body
    assert end == {"activities": [], "has_more": False}
