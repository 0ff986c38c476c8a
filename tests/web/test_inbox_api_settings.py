"""What the team sets up: operators, labels, canned replies, hours; and the file of transcripts."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from psycopg import Connection

from scripts.local import LocalStack
from service.inbox.spreadsheet import written
from tests.concurrency import PATIENCE
from tests.db.chats import add_texts, messages_of
from tests.stack import Member, connect
from tests.web.apps import bearer
from tests.web.chat import Api, new_id, through_app
from tests.web.desk import Desk, add_operator
from tests.web.proxy import Proxy
from tests.words import a_word


@pytest.fixture(scope="module")
def team(stack: LocalStack, new_member: Callable[[], Member]) -> Iterator[dict[str, tuple[Member, str]]]:
    """Account and id of an admin and of an agent."""
    with connect(stack, autocommit=True) as db:
        accounts = {"admin": new_member(), "agent": new_member()}
        yield {role: (one, add_operator(db, one, role, display_name=role)) for role, one in accounts.items()}


@pytest.fixture
def admin(app: Flask, team: dict[str, tuple[Member, str]]) -> Desk:
    return Desk(through_app(app), team["admin"][0].access_token)


@pytest.fixture
def agent(app: Flask, team: dict[str, tuple[Member, str]]) -> Desk:
    return Desk(through_app(app), team["agent"][0].access_token)


def names(desk: Desk, path: str, plural: str, name: str) -> list[str]:
    answer = desk.inbox("GET", path)
    assert answer.body["nextCursor"] is None
    return [one[name] for one in answer.body[plural]]


def test_labels_go_by_name(admin: Desk, agent: Desk, api: Api) -> None:
    word, other = f"환불 {a_word()}", f"교환/{a_word()}"
    made = admin.inbox("POST", "/labels", {"name": word, "color": "#aa0000"})
    assert (made.status, made.body["name"], made.body["color"]) == (201, word, "#aa0000")
    again = admin.inbox("POST", "/labels", {"name": word, "color": "#aa0000"})
    assert (again.status, again.body) == (200, made.body)
    assert word in names(agent, "/labels", "labels", "name")
    beside = admin.inbox("POST", "/labels", {"name": f"다른 것 {a_word()}"}).body["name"]
    chat = api.begin()
    labelled = agent.change(chat.id, addLabels=[word])
    assert labelled.body["conversation"]["labels"] == [{"name": word, "color": "#aa0000"}]
    assert [one["id"] for one in agent.find("all", label=word).body["conversations"]] == [chat.id]
    assert len(agent.change(chat.id, addLabels=[beside]).body["conversation"]["labels"]) == 2
    assert len(agent.change(chat.id, removeLabels=[beside]).body["conversation"]["labels"]) == 1
    renamed = admin.inbox("PATCH", f"/labels/{word}", {"name": other})
    assert renamed.body == {**made.body, "name": other, "version": renamed.body["version"]}
    assert agent.show(chat.id)["labels"][0]["name"] == other
    assert agent.change(chat.id, addLabels=[other], removeLabels=[other]).status == 200
    # A slash in a name is no other path: then it goes by its id.
    assert admin.inbox("DELETE", f"/labels/{made.body['id']}").status == 204
    assert other not in names(agent, "/labels", "labels", "name")
    assert agent.show(chat.id)["labels"] == []


@pytest.mark.parametrize("body", [{"name": " "}, {"name": "가" * 51}, {"name": "a", "color": "red"}, {"name": 1}, {}])
def test_a_label_that_is_none(admin: Desk, body: dict[str, Any]) -> None:
    assert admin.inbox("POST", "/labels", body).refusal == (422, "invalid")


def test_canned_replies_are_everybodys_or_ones_own(admin: Desk, agent: Desk) -> None:
    shared, own = f"s-{a_word()}", f"p-{a_word()}"
    everybodys = agent.inbox("POST", "/canned-replies", {"shortcut": shared, "content": "안녕하세요, {name}님"})
    personal = agent.inbox("POST", "/canned-replies", {"shortcut": own, "content": "저예요", "isPersonal": True})
    assert (everybodys.status, personal.status) == (201, 201)
    assert (everybodys.body["isPersonal"], personal.body["isPersonal"]) == (False, True)
    assert {shared, own} <= set(names(agent, "/canned-replies", "cannedReplies", "shortcut"))
    theirs = names(admin, "/canned-replies", "cannedReplies", "shortcut")
    assert (shared in theirs, own in theirs) == (True, False)
    path = f"/canned-replies/{personal.body['id']}"
    assert admin.inbox("PATCH", path, {"content": "바꿈"}).refusal == (404, "not_found")
    assert admin.inbox("DELETE", path).refusal == (404, "not_found")
    assert agent.inbox("PATCH", path, {"content": "바꿈"}).body["content"] == "바꿈"
    # Two may have one of the same name for themselves.
    assert admin.inbox("POST", "/canned-replies", {"shortcut": own, "content": "나", "isPersonal": True}).status == 201
    for one in (everybodys, personal):
        assert agent.inbox("DELETE", f"/canned-replies/{one.body['id']}").status == 204


def test_hours_are_read_as_they_were_written(admin: Desk, agent: Desk) -> None:
    kept = agent.inbox("GET", "/hours").body
    hours = {
        "timeZone": "Asia/Seoul",
        "spans": [
            {"weekday": 0, "from": "09:00", "to": "12:00"},
            {"weekday": 0, "from": "13:00", "to": "18:00"},
            {"weekday": 4, "from": "22:00", "to": "02:00"},
        ],
        "holidays": [{"date": "2027-01-01", "name": "신정"}],
        "alwaysOpen": False,
        "overrideOpen": True,
        "overrideUntil": "2099-01-01T00:00:00Z",
    }
    try:
        saved = admin.inbox("PUT", "/hours", hours)
        assert saved.status == 200
        assert {name: saved.body[name] for name in hours} == hours
        assert agent.inbox("GET", "/hours").body == saved.body
        ended = admin.inbox("PUT", "/hours", {"overrideOpen": None, "overrideUntil": None}).body
        assert (ended["overrideOpen"], ended["spans"]) == (None, hours["spans"])
    finally:
        back = {name: kept[name] for name in hours}
        assert admin.inbox("PUT", "/hours", back).status == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"timeZone": "Seoul"}, "timeZone"),
        ({"spans": [{"weekday": 7, "from": "09:00", "to": "18:00"}]}, "spans.0.weekday"),
        ({"spans": [{"weekday": 0, "from": "9:00", "to": "18:00"}]}, "spans.0.from"),
        # Kept as it is, it would make all hours unreadable.
        ({"spans": [{"weekday": 0, "from": "09:00", "to": "24:00"}]}, "spans.0.to"),
        ({"holidays": [{"date": "2027-02-30"}]}, "holidays.0.date"),
        ({"overrideUntil": "tomorrow"}, "overrideUntil"),
    ],
)
def test_hours_that_are_none(admin: Desk, body: dict[str, Any], field: str) -> None:
    for method, path in (("PUT", "/hours"), ("POST", "/hours/preview")):
        answer = admin.inbox(method, path, body)
        assert answer.refusal == (422, "invalid")
        assert [fault["field"] for fault in answer.body["errors"]] == [field]


LUNCH = (("09:00", "12:00"), ("13:00", "18:00"))
WEEK = [
    *({"weekday": day, "from": begin, "to": end} for day in range(7) for begin, end in LUNCH),
    {"weekday": 6, "from": "22:00", "to": "02:00"},
]  # fmt: skip


def test_a_preview_is_this_week_and_changes_nothing(admin: Desk, agent: Desk, root: Connection[Any]) -> None:
    kept = agent.inbox("GET", "/hours").body
    entries = "select count(*) from public.chat_activities where conversation_id is null"
    before = root.execute(entries).fetchone()
    now = datetime.now(UTC)
    # Midnight may come before the answer.
    closed = [(now.astimezone(ZoneInfo("Asia/Seoul")) + n * timedelta(days=1)).date().isoformat() for n in range(2)]
    until = now + timedelta(minutes=30)
    proposed = {
        "timeZone": "Asia/Seoul",
        "spans": WEEK,
        "alwaysOpen": False,
        "holidays": [{"date": day, "name": "창립 기념일"} for day in closed],
    }
    seen = agent.inbox("POST", "/hours/preview", proposed)
    assert (seen.status, seen.body["presence"], seen.body["timeZone"]) == (200, "closed", "Asia/Seoul")
    days = seen.body["days"]
    (today,) = (date.fromisoformat(day["date"]) for day in days if day["isToday"])
    assert today.isoformat() in closed
    monday = today - timedelta(days=today.weekday())
    assert [day["date"] for day in days] == [(monday + timedelta(days=n)).isoformat() for n in range(7)]
    lunch = [{"from": begin, "to": end} for begin, end in LUNCH]
    for n, day in enumerate(days):
        night = [{"from": "00:00", "to": "02:00"}] if n == 0 else []
        late = [{"from": "22:00", "to": "24:00"}] if n == 6 else []
        is_closed = day["date"] in closed
        assert day["open"] == ([] if is_closed else [*night, *lunch, *late])
        assert (day["isHoliday"], day["holiday"]) == (is_closed, "창립 기념일" if is_closed else None)
    override = {"overrideOpen": True, "overrideUntil": until.isoformat()}
    by_hand = agent.inbox("POST", "/hours/preview", {**proposed, **override}).body
    assert (by_hand["presence"], by_hand["overrideOpen"], by_hand["opensAt"]) == ("away", True, None)
    assert datetime.fromisoformat(by_hand["closesAt"]) == until
    assert any(day["overridden"] for day in by_hand["days"])
    half = agent.inbox("POST", "/hours/preview", {"overrideOpen": True, "overrideUntil": None})
    assert [fault["field"] for fault in half.body["errors"]] == ["overrideUntil"]
    assert agent.inbox("GET", "/hours").body == kept
    assert root.execute(entries).fetchone() == before


def test_what_customers_are_told_of_the_hours_is_new_at_once(
    app: Flask, admin: Desk, agent: Desk, root: Connection[Any]
) -> None:
    def told() -> dict[str, Any]:
        answer: dict[str, Any] = app.test_client().get("/api/v1/team").json
        return answer

    kept = agent.inbox("GET", "/hours").body
    agent.inbox("PUT", "/me/availability", {"availability": "online"})
    open_now = {"alwaysOpen": True, "overrideOpen": None, "overrideUntil": None}
    try:
        assert admin.inbox("PUT", "/hours", open_now).status == 200
        assert told()["isOnline"]
        closed = {"overrideOpen": False, "overrideUntil": "2999-01-01T05:00:00Z"}
        assert admin.inbox("PUT", "/hours", closed).status == 200
        assert (told()["isOnline"], told()["opensAt"]) == (False, "2999-01-01T05:00:00Z")
    finally:
        admin.inbox("PUT", "/hours", {name: kept[name] for name in open_now})
        agent.inbox("PUT", "/me/availability", {"availability": "offline"})


def test_hours_that_were_asked_for_before_they_were_changed_are_kept_for_nobody(
    proxied_app: Flask, proxy: Proxy, team: dict[str, tuple[Member, str]]
) -> None:
    admin = Desk(through_app(proxied_app), team["admin"][0].access_token)

    def told() -> dict[str, Any]:
        answer: dict[str, Any] = proxied_app.test_client().get("/api/v1/team").json
        return answer

    before = told()["expectedReplySeconds"]
    try:
        # What was kept is gone, so that somebody asks.
        assert admin.inbox("PUT", "/hours", {"expectedReplySeconds": 77}).status == 200
        gate = proxy.hold("chat_team", after=True)
        with ThreadPoolExecutor(1) as pool:
            asking = pool.submit(told)
            assert gate.reached.wait(PATIENCE)
            assert admin.inbox("PUT", "/hours", {"expectedReplySeconds": 78}).status == 200
            gate.open()
            # Who asked before is told what was.
            assert asking.result(PATIENCE)["expectedReplySeconds"] == 77
        assert told()["expectedReplySeconds"] == 78
    finally:
        admin.inbox("PUT", "/hours", {"expectedReplySeconds": before})


def test_nobody_saves_over_what_somebody_else_saved(admin: Desk, agent: Desk) -> None:
    seen = admin.inbox("GET", "/hours").body
    try:
        other = {"expectedReplySeconds": 77, "ifVersion": seen["version"]}
        assert admin.inbox("PUT", "/hours", other).status == 200
        late = admin.inbox("PUT", "/hours", {"expectedReplySeconds": 78, "ifVersion": seen["version"]})
        assert late.refusal == (409, "settings_changed")
        assert late.body["current"] == agent.inbox("GET", "/hours").body
    finally:
        admin.inbox("PUT", "/hours", {"expectedReplySeconds": seen["expectedReplySeconds"]})
    word = f"s-{a_word()}"
    reply = agent.inbox("POST", "/canned-replies", {"shortcut": word, "content": "가"}).body
    path = f"/canned-replies/{reply['id']}"
    mine = admin.inbox("PATCH", path, {"content": "나", "ifVersion": reply["version"]}).body
    late = agent.inbox("PATCH", path, {"content": "다", "ifVersion": reply["version"]})
    assert (late.refusal, late.body["current"]) == ((409, "settings_changed"), mine)


def test_an_operator_joins_by_address(
    admin: Desk, agent: Desk, new_member: Callable[[], Member], root: Connection[Any]
) -> None:
    account = new_member()
    assert account.email
    body = {"email": f" {account.email.upper()} ", "displayName": "박새로"}
    joined, again = (admin.inbox("POST", "/operators", body) for _ in range(2))
    assert (joined.status, joined.body["userId"], again.status) == (201, account.id, 200)
    # A part of an address is nobody's.
    for wrong, field in (
        ({"email": account.email[1:]}, "email"),
        ({"email": "%@%"}, "email"),
        ({"email": "nobody"}, "email"),
        ({}, ""),
        ({"email": account.email, "userId": account.id}, ""),
    ):
        answer = admin.inbox("POST", "/operators", {"displayName": "아무", **wrong})
        assert answer.refusal == (422, "invalid")
        assert [fault["field"] for fault in answer.body["errors"]] == [field]
    # Who may not know is told nothing of whether there is such an account.
    for email in (account.email, "nobody@example.com"):
        refused = agent.inbox("POST", "/operators", {"email": email, "displayName": "아무"})
        assert refused.refusal == (403, "not_allowed")


def test_the_audit_tells_who_changed_what_from_what_to_what(
    admin: Desk, agent: Desk, team: dict[str, tuple[Member, str]]
) -> None:
    word, key = f"라벨 {a_word()}", team["admin"][1]
    label = admin.inbox("POST", "/labels", {"name": word}).body
    admin.inbox("PATCH", f"/labels/{label['id']}", {"color": "#aa0000"})
    agent.inbox("POST", "/canned-replies", {"shortcut": f"s-{a_word()}", "content": "네"})
    page = admin.inbox("GET", "/audit", limit=3)
    reply, colour, made = page.body["entries"]
    assert reply["actor"] == {"kind": "operator", "id": team["agent"][1], "name": "agent"}
    assert (reply["what"], reply["action"]) == ("canned_reply", "added")
    assert {"field": "isPersonal", "from": None, "to": False} in reply["changes"]
    assert colour["actor"]["id"] == made["actor"]["id"] == key
    assert (colour["name"], colour["action"]) == (word, "changed")
    assert colour["changes"] == [{"field": "color", "from": None, "to": "#aa0000"}]
    older = admin.inbox("GET", "/audit", limit=3, cursor=page.body["nextCursor"]).body["entries"]
    assert made["createdAt"] >= older[0]["createdAt"]
    assert not {one["id"] for one in older} & {one["id"] for one in page.body["entries"]}
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert admin.inbox(method, f"/audit/{made['id']}", {}).status == 404


def test_an_operator_joins_and_leaves_and_stays_by_name(
    admin: Desk, app: Flask, new_member: Callable[[], Member], api: Api, root: Connection[Any]
) -> None:
    account = new_member()
    desk = Desk(through_app(app), account.access_token)
    body = {"userId": account.id, "displayName": "김상담", "avatarUrl": "https://img.example/kim.png"}
    joined, again = (admin.inbox("POST", "/operators", body) for _ in range(2))
    assert (joined.status, joined.body["role"], joined.body["isActive"], again.status) == (201, "agent", True, 200)
    nobody = admin.inbox("POST", "/operators", {"userId": new_id(), "displayName": "아무"})
    assert [fault["field"] for fault in nobody.body["errors"]] == ["userId"]
    chat = api.begin()
    assert desk.reply(chat.id, "안녕하세요").status == 201
    assert desk.note(chat.id).status == 201
    with app.test_client() as client:
        assert client.delete("/api/v1/me", headers=bearer(account.access_token)).status_code == 204
    assert desk.inbox("GET", "/me").refusal in {(401, "unauthenticated"), (403, "not_an_operator")}
    said = [one for one in chat.page().messages if one["author"]]
    assert [one["author"] for one in said] == [{"name": "김상담", "avatarUrl": "https://img.example/kim.png"}]
    notes = admin.inbox("GET", f"/conversations/{chat.id}").body["notes"]
    assert [one["author"]["displayName"] for one in notes] == ["김상담"]
    left = next(one for one in admin.inbox("GET", "/operators").body["operators"] if one["id"] == joined.body["id"])
    assert (left["userId"], left["availability"]) == (None, "offline")


def test_availability_is_told(agent: Desk, admin: Desk, team: dict[str, tuple[Member, str]]) -> None:
    def seen() -> str:
        listed = admin.inbox("GET", "/operators").body["operators"]
        return next(one["availability"] for one in listed if one["id"] == team["agent"][1])

    for chosen in ("online", "away", "offline"):
        answer = agent.inbox("PUT", "/me/availability", {"availability": chosen})
        assert (answer.status, answer.body["availability"], seen()) == (200, chosen, chosen)
    assert agent.inbox("GET", "/me").body["may"] == ["answer"]
    assert admin.inbox("GET", "/me").body["may"] == ["answer", "configure", "export"]


def test_the_file_of_transcripts(
    admin: Desk,
    agent: Desk,
    app: Flask,
    api: Api,
    member: Member,
    root: Connection[Any],
    team: dict[str, tuple[Member, str]],
) -> None:
    root.execute("delete from public.chat_conversations")
    chats = [api.begin() for _ in range(3)]
    chats[0].write("=cmd|' /C calc'!A0")
    agent.reply(chats[1].id, "도와드릴게요")
    agent.note(chats[1].id, "쉿-메모")
    # More than a page of the file holds: it is one conversation there all the same.
    add_texts(root, member.id, chats[2].id, 600)
    count = "select count(*) from public.chat_activities where conversation_id is null and type = 'export.made'"
    before = root.execute(count).fetchone()[0]

    def file(**query: str) -> Any:
        with app.test_client() as client:
            headers = bearer(team["admin"][0].access_token)
            answer = client.get("/api/v1/inbox/export", query_string=query, headers=headers)
            assert answer.status_code == 200
            assert "attachment" in answer.headers["Content-Disposition"]
            return answer.get_data().decode("utf-8-sig")

    as_json = json.loads(file())["conversations"]
    assert [one["id"] for one in as_json] == [chat.id for chat in chats]
    said = {one["id"]: [message["id"] for message in one["messages"]] for one in as_json}
    assert said == {chat.id: [row["id"] for row in messages_of(root, chat.id)] for chat in chats}
    rows = list(csv.DictReader(io.StringIO(file(format="csv"), newline="")))
    assert {row["messageId"] for row in rows} == {one for several in said.values() for one in several}
    assert any(row["author"] == "agent" and row["content"] == "도와드릴게요" for row in rows)
    formula = next(row["content"] for row in rows if "cmd" in row["content"])
    assert formula.startswith("\t")
    assert written(formula) == "=cmd|' /C calc'!A0"
    assert "쉿-메모" not in json.dumps(as_json, ensure_ascii=False)
    assert json.loads(file(to="2020-01-01T00:00:00Z"))["conversations"] == []
    assert root.execute(count).fetchone()[0] == before + 3
    for query in ({"format": "xml"}, {"from": "yesterday"}, {"to": "2020-01-01T00:00:00"}):
        assert admin.inbox("GET", "/export", **query).refusal == (422, "invalid")
    assert agent.inbox("GET", "/export", format="xml").refusal == (403, "not_allowed")
