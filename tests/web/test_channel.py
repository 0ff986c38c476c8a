"""The API of a channel: another system brings messages in, takes answers out, and tells how far they got."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from psycopg import Connection

from scripts.local import LocalStack
from service.activities.channels import models
from service.http.context import part_of
from service.http.limits import Limits
from tests.concurrency import at_once
from tests.db.chats import everything, messages_of
from tests.stack import Member, connect
from tests.web.apps import stack_app
from tests.web.channels import Channel, add_channel
from tests.web.chat import Answer, Api, new_id, through_app
from tests.web.desk import Desk, add_operator, desk_state

AT_ONCE = 50


@pytest.fixture(scope="module")
def account(stack: LocalStack, new_member: Callable[[], Member]) -> Member:
    """An admin, the same for the whole file."""
    admin = new_member()
    with connect(stack, autocommit=True) as db:
        add_operator(db, admin, "admin")
    return admin


@pytest.fixture
def admin(app: Flask, account: Member) -> Desk:
    return Desk(through_app(app), account.access_token)


@pytest.fixture
def channel(app: Flask, admin: Desk) -> Channel:
    """A channel in which each thread is a conversation."""
    return add_channel(admin, through_app(app))


@pytest.fixture
def single(app: Flask, admin: Desk) -> Channel:
    """A channel in which a contact has one conversation."""
    return add_channel(admin, through_app(app), singleThread=True)


def place(answer: Answer) -> str:
    assert answer.status in {200, 201}, answer.body
    return str(answer.body["conversationId"])


def told(db: Connection[Any], conversation: str) -> list[tuple[str, str, str | None]]:
    found = db.execute(
        "select type, actor_kind, data ->> 'status' from public.chat_activities"
        " where conversation_id = %s order by created_at, data -> 'rev', id",
        [conversation],
    )
    return [tuple(row) for row in found]


def test_what_comes_in_waits_at_the_desk_and_what_is_answered_goes_out(
    channel: Channel, admin: Desk, root: Connection[Any]
) -> None:
    about = {"name": "김하나", "email": "hana@example.com", "phone": "010-1234-5678", "attributes": {"grade": "VIP"}}
    came = channel.receive("주문이 안 왔어요 📦", about=about, sentAt="2026-01-02T03:04:05+09:00")
    models.ReceivedMessage.model_validate(came.body)
    conversation = place(came)
    row = admin.show(conversation)
    assert (row["status"], row["handling"], row["channel"], row["unreadCount"]) == ("open", "waiting", channel.id, 1)
    assert row["waitingSince"]
    assert row["lastMessage"]["createdAt"] == "2026-01-01T18:04:05Z"
    assert [one["id"] for one in admin.find("waiting", channel=channel.id).body["conversations"]] == [conversation]
    contact = admin.inbox("GET", f"/conversations/{conversation}").body["contact"]
    assert {name: contact[name] for name in (*about, "externalId", "isGuest")} == {
        **about, "externalId": "c-1", "isGuest": False,
    }  # fmt: skip

    answered = admin.reply(conversation, "곧 확인해 드릴게요")
    assert answered.messages[0]["status"] == "sent"
    page = channel.said(conversation)
    models.ChannelMessages.model_validate(page.body)
    assert page.texts == [
        ("user", "text", "주문이 안 왔어요 📦"), ("system", "text", "곧 확인해 드릴게요"),
    ]  # fmt: skip
    assert page.body["conversation"]["handling"] == "agent"
    assert page.body["conversation"]["contact"] == {"externalId": "c-1"}

    # What is read is seen by the team, by the number of what changed.
    seen, out = admin.show(conversation), answered.messages[0]["id"]
    cursor = admin.inbox("GET", "/changes").body["cursor"]
    settled = channel.settle(out, "read", at="2026-01-02T03:05:00Z")
    assert settled.body == {"id": out, "status": "read"}
    changed = admin.said(conversation, changedAfter=seen["messagesRev"]).body["messages"]
    assert [(one["id"], one["status"]) for one in changed] == [(out, "read")]
    assert admin.show(conversation)["lastMessage"]["status"] == "read"
    since = admin.inbox("GET", "/changes", cursor=cursor).body["conversations"]
    assert conversation in {one["id"] for one in since}
    assert channel.said(conversation, changedAfter=seen["messagesRev"]).body["messages"] == changed
    assert told(root, conversation) == [
        ("conversation.opened", "api", None), ("message.created", "api", None),
        ("conversation.assigned", "operator", None), ("message.created", "operator", None),
        ("message.status_changed", "api", "read"),
    ]  # fmt: skip


def test_many_at_once_come_together_in_one_conversation(single: Channel, admin: Desk, root: Connection[Any]) -> None:
    answers = at_once([lambda number=number: single.receive(f"{number}번") for number in range(AT_ONCE)])
    assert [answer.status for answer in answers] == [201] * AT_ONCE
    assert len({place(answer) for answer in answers}) == 1
    said = messages_of(root, place(answers[0]))
    assert [one["seq"] for one in said] == list(range(1, AT_ONCE + 1))
    assert {one["content"] for one in said} == {f"{number}번" for number in range(AT_ONCE)}
    assert len(admin.find(channel=single.id).body["conversations"]) == 1


def test_a_thread_is_one_conversation_also_at_once(channel: Channel) -> None:
    answers = at_once([lambda: channel.receive(threadKey="o-1") for _ in range(8)])
    assert len({place(answer) for answer in answers}) == 1
    assert place(channel.receive(threadKey="o-2")) != place(answers[0])
    # Of another contact it is another thread.
    assert place(channel.receive(threadKey="o-1", contact="c-2")) != place(answers[0])


def test_without_a_thread_it_is_the_newest_open_one(channel: Channel, admin: Desk) -> None:
    first = place(channel.receive(threadKey="a"))
    assert place(channel.receive()) == first
    second = place(channel.receive(threadKey="b"))
    assert place(channel.receive()) == second
    assert admin.change(second, status="completed").status == 200
    assert place(channel.receive()) == first
    assert admin.change(first, status="completed").status == 200
    third = place(channel.receive())
    assert third not in {first, second}
    # A thread is what it was called.
    assert place(channel.receive(threadKey="b")) == second
    assert admin.show(second)["status"] == "open"


def test_a_completed_one_is_opened_again_for_whoever_is_there(
    single: Channel, admin: Desk, root: Connection[Any]
) -> None:
    conversation = place(single.receive("안녕하세요"))
    admin.reply(conversation)
    done = admin.change(conversation, status="completed")
    # The end is said to nobody: no flow runs here.
    assert (done.status, done.messages) == (200, [])
    assert place(single.receive("아직 안 왔어요")) == conversation
    row = admin.show(conversation)
    assert (row["status"], row["handling"], row["assignee"]) == ("open", "waiting", None)
    assert row["waitingSince"]
    assert [one[:2] for one in told(root, conversation)[-3:]] == [
        ("conversation.completed", "operator"), ("conversation.reopened", "api"), ("message.created", "api"),
    ]  # fmt: skip


def test_one_thread_keeps_what_was_and_is_the_newest_of_then(channel: Channel, admin: Desk) -> None:
    def switch(on: bool) -> None:
        assert admin.inbox("PATCH", f"/channels/{channel.id}", {"singleThread": on}).body["singleThread"] is on

    first, second = place(channel.receive("하나", threadKey="a")), place(channel.receive("둘", threadKey="b"))
    switch(on=True)
    assert {place(channel.receive(threadKey=key)) for key in ("a", "b", "c")} == {second}
    assert [one[2] for one in channel.said(first).texts] == ["하나"]
    switch(on=False)
    assert place(channel.receive("다시", threadKey="a")) == first
    switch(on=True)
    # The newest when it was switched on.
    assert place(channel.receive(threadKey="b")) == first


def test_a_full_conversation_makes_room(channel: Channel, admin: Desk, root: Connection[Any]) -> None:
    fill = "update public.chat_conversations set message_count = 5000 where id = %s"
    places = [place(channel.receive(threadKey="other"))]
    # In one conversation a thread says nothing, also one that there is.
    for is_single, key in ((False, "a"), (True, "other")):
        admin.inbox("PATCH", f"/channels/{channel.id}", {"singleThread": is_single})
        full = place(channel.receive(threadKey=key))
        root.execute(fill, [full])
        places += [full, place(channel.receive(threadKey=key))]
        assert place(channel.receive(threadKey=key)) == places[-1]
        assert admin.show(full)["status"] == "completed"
    # What was begun as a thread goes on as the one, until that is full as well.
    assert places[3] == places[2]
    assert len(set(places)) == 4


@pytest.mark.parametrize(
    "change",
    [{"content": "다른 말"}, {"contact": {"externalId": "c-2"}}, {"threadKey": "other"}, {"content": ""}],
    ids=["text", "contact", "thread", "no text"],
)
def test_a_name_stands_for_one_message(channel: Channel, root: Connection[Any], change: dict[str, Any]) -> None:
    name = "m-1"
    first = channel.receive("안녕", name=name)
    before = everything(root)
    again = channel.receive("  안녕\n", name=name, sentAt="2026-01-01T00:00:00Z")
    assert (again.status, again.body) == (200, first.body)
    body = {"contact": {"externalId": "c-1"}, "externalMessageId": name, "content": "안녕", **change}
    assert channel.ask("POST", "/messages", body).refusal == (409, "idempotency_conflict")
    assert everything(root) == before


def test_the_same_sent_at_once_is_one_message(channel: Channel, root: Connection[Any]) -> None:
    # Of somebody who is known, whom nothing is made for first.
    channel.receive()
    answers = at_once([lambda: channel.receive("안녕", name="m-1") for _ in range(8)])
    assert sorted(answer.status for answer in answers) == [200] * 7 + [201]
    assert len({answer.body["messageId"] for answer in answers}) == 1
    assert len(messages_of(root, place(answers[0]))) == 2
    # Under one name for two contacts, one of them is told so.
    both = at_once([lambda who=who: channel.receive(name="m-2", contact=who) for who in ("c-3", "c-4")])
    assert sorted(answer.status for answer in both) == [201, 409]


def test_what_is_told_of_a_contact_is_kept_and_what_is_not_stays(
    channel: Channel, admin: Desk, root: Connection[Any]
) -> None:
    conversation = place(channel.receive(about={"name": "김하나", "attributes": {"grade": "VIP", "points": 3}}))
    channel.receive(about={"phone": "02-123-4567", "name": None})
    channel.receive(about={"attributes": {"grade": "일반"}})
    channel.receive()
    contact = admin.inbox("GET", f"/conversations/{conversation}").body["contact"]
    assert (contact["name"], contact["phone"], contact["attributes"]) == ("김하나", "02-123-4567", {"grade": "일반"})
    assert [one[:2] for one in told(root, conversation)].count(("contact.updated", "api")) == 2


def test_who_is_blocked_writes_nothing(channel: Channel, admin: Desk, root: Connection[Any]) -> None:
    first = channel.receive(name="m-1")
    assert admin.change(place(first), blocked=True).status == 200
    before = everything(root)
    assert channel.receive().refusal == (403, "not_allowed")
    # What was written before is still the same message.
    assert channel.receive(name="m-1").body == first.body
    assert everything(root) == before


WRONG: dict[str, dict[str, Any]] = {
    "contact.externalId": {"contact": {"externalId": "\u3000"}},
    "contact.name": {"contact": {"externalId": "a", "name": "\u200b"}},
    "contact.email": {"contact": {"externalId": "a", "email": "a" * 321}},
    "contact.attributes": {"contact": {"externalId": "a", "attributes": {str(n): "가" * 90 for n in range(90)}}},
    "contact.id": {"contact": {"externalId": "a", "id": new_id()}},
    "externalMessageId": {"externalMessageId": "a" * 256},
    "content": {"content": "😀" * 4001},
    "threadKey": {"threadKey": ""},
    "sentAt": {"sentAt": "yesterday"},
    "role": {"role": "system"},
}


@pytest.mark.parametrize("field", WRONG)
def test_what_cannot_be_kept_is_named(channel: Channel, root: Connection[Any], field: str) -> None:
    before = everything(root)
    body = {"contact": {"externalId": "c-1"}, "externalMessageId": new_id(), "content": "안녕", **WRONG[field]}
    answer = channel.ask("POST", "/messages", body)
    assert answer.refusal == (422, "invalid")
    assert [one["field"] for one in answer.body["errors"]] == [field]
    assert everything(root) == before


def test_any_text_that_postgres_can_hold_comes_back_as_it_was(channel: Channel, root: Connection[Any]) -> None:
    said = "한글 조합 한글 \U0001f468‍\U0001f469‍\U0001f467 \"'\\;--"
    conversation = place(channel.receive(said, contact="한글-😀", name="이름/'\"%"))
    assert channel.said(conversation).texts == [("user", "text", said)]
    assert channel.said(conversation).body["conversation"]["contact"] == {"externalId": "한글-😀"}
    before = everything(root)
    for impossible in ("\\u0000", "\\ud83d"):
        for name in ("content", "externalMessageId", "threadKey"):
            body = {"contact": {"externalId": "a"}, "externalMessageId": new_id(), "content": "a", name: "@"}
            answer = channel.ask("POST", "/messages", json.dumps(body).replace("@", impossible).encode())
            assert answer.refusal == (422, "invalid")
    assert everything(root) == before


# From where, told what: what it is then.
STEPS = [
    (["delivered"], "delivered"), (["read"], "read"), (["failed"], "failed"), (["delivered", "read"], "read"),
    (["read", "delivered"], "read"), (["read", "failed"], "read"), (["delivered", "failed"], "delivered"),
    (["read", "read"], "read"), (["failed", "failed"], "failed"), (["failed", "delivered"], "delivered"),
]  # fmt: skip


@pytest.mark.parametrize(("steps", "ends"), STEPS, ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_a_status_goes_forward_only(
    channel: Channel, admin: Desk, root: Connection[Any], steps: list[str], ends: str
) -> None:
    conversation = place(channel.receive())
    out = admin.reply(conversation).messages[0]["id"]
    answers = [channel.settle(out, step, error="no route" if step == "failed" else None) for step in steps]
    assert {answer.status for answer in answers} == {200}
    assert answers[-1].body == {"id": out, "status": ends}
    moved = [one[2] for one in told(root, conversation) if one[0] == "message.status_changed"]
    # What changes nothing is told to nobody.
    assert moved == list(dict.fromkeys(answer.body["status"] for answer in answers))
    # The message, the operator who took it, the answer, and then each move.
    revs = [admin.show(conversation)["messagesRev"], messages_of(root, conversation)[-1]["rev"]]
    assert revs == [3 + len(moved)] * 2


def test_what_failed_is_sent_once_more_and_nothing_else(channel: Channel, admin: Desk, root: Connection[Any]) -> None:
    conversation = place(channel.receive())
    out = admin.reply(conversation).messages[0]["id"]
    assert channel.retry(out).body == {"id": out, "status": "sent", "attempt": 1}
    channel.settle(out, "failed", error="no route")
    tried = at_once([lambda: channel.retry(out) for _ in range(4)])
    assert [(answer.status, answer.body) for answer in tried] == [
        (202, {"id": out, "status": "sent", "attempt": 2})
    ] * 4
    assert [one[2] for one in told(root, conversation) if one[0] == "message.status_changed"] == ["failed", "sent"]
    channel.settle(out, "failed")
    # An operator does so too.
    by_hand = admin.inbox("POST", f"/conversations/{conversation}/messages/{out}/retry")
    assert (by_hand.status, by_hand.body) == (202, {"id": out, "status": "sent", "attempt": 3})
    assert told(root, conversation)[-1] == ("message.status_changed", "operator", "sent")
    channel.settle(out, "read")
    assert channel.retry(out).body == {"id": out, "status": "read", "attempt": 3}
    # Why it failed stands in the timeline; that it went well, at the message.
    timeline = admin.inbox("GET", f"/conversations/{conversation}").body["activities"]
    ways = [one["data"] for one in timeline if one["type"] == "message.status_changed"]
    assert [(one["status"], one.get("error")) for one in ways] == [
        ("failed", "no route"), ("sent", None), ("failed", None), ("sent", None),
    ]  # fmt: skip


def test_what_is_refused_of_a_status(channel: Channel, single: Channel, admin: Desk, root: Connection[Any]) -> None:
    came = channel.receive()
    out = admin.reply(place(came)).messages[0]["id"]
    before = everything(root)
    for status in ("sent", "seen", "", None, 7):
        assert channel.settle(out, status).refusal == (422, "invalid")  # type: ignore[arg-type]
    for unknown in (new_id(), "7", "%00"):
        assert channel.settle(unknown, "read").refusal == (404, "not_found")
        assert channel.settle(unknown, "seen").refusal == (404, "not_found")
        assert channel.retry(unknown).refusal == (404, "not_found")
    # What came in has no way to go.
    assert channel.settle(came.body["messageId"], "read").refusal == (422, "invalid")
    assert channel.retry(came.body["messageId"]).refusal == (422, "invalid")
    # Another channel's is not there.
    for answer in (
        single.settle(out, "read"), single.settle(out, "seen"), single.retry(out), single.said(place(came)),
        single.said(place(came), limit=0),
    ):  # fmt: skip
        assert answer.refusal == (404, "not_found")
    assert everything(root) == before


def test_names_are_a_channels_own(channel: Channel, single: Channel) -> None:
    here, there = channel.receive(name="m-1"), single.receive("다른 말", name="m-1")
    assert (here.status, there.status) == (201, 201)
    assert place(here) != place(there)


def calls(channel: Channel, conversation: str, message: str) -> list[tuple[str, str, Any]]:
    body = {"contact": {"externalId": "c-1"}, "externalMessageId": new_id(), "content": "안녕"}
    return [
        ("POST", "/messages", body),
        ("POST", "/messages", b"{"),
        ("POST", "/messages", b'{"a": "' + b"x" * 70_000 + b'"}'),
        ("POST", "/messages", {}),
        ("PATCH", f"/messages/{message}/status", {"status": "read"}),
        ("PATCH", f"/messages/{message}/status", {"status": "seen"}),
        ("PATCH", f"/messages/{new_id()}/status", b"["),
        ("POST", f"/messages/{message}/retry", None),
        ("GET", f"/conversations/{conversation}/messages", None),
        ("GET", f"/conversations/{conversation}/messages?limit=0", None),
    ]


@pytest.mark.tried("attacks")
def test_nobody_gets_in_without_the_key(
    app: Flask, channel: Channel, admin: Desk, account: Member, stranger: Member, root: Connection[Any]
) -> None:
    conversation = place(channel.receive())
    out = admin.reply(conversation).messages[0]["id"]
    before, key = everything(root), channel.key
    wrong = [
        None, stranger.access_token, account.access_token, "mk_", "mk_" + "A" * 43, key[:-1], f"{key}a", key.upper(),
        key[:-1] + ("A" if key[-1] != "A" else "B"), "mk_" + "é" * 43, f"{key} {key}",
    ]  # fmt: skip
    for one in wrong:
        thief = Channel(through_app(app), one)
        for method, path, body in calls(channel, conversation, out):
            assert thief.ask(method, path, body).refusal == (401, "unauthenticated"), (one, method, path)
    # The key is no member's and no operator's either.
    for method, path in (
        ("GET", "/conversations"), ("GET", f"/conversations/{conversation}/messages"), ("GET", "/me/export"),
        ("GET", "/inbox/conversations"), ("GET", "/inbox/channels"), ("GET", "/events"),
    ):  # fmt: skip
        assert channel.call(method, path).refusal == (401, "unauthenticated")
    # And who has an account sees nothing of it.
    member = Api(through_app(app), stranger.access_token)
    assert member.page(conversation).refusal == (404, "not_found")
    assert everything(root) == before


def test_a_key_that_was_taken_back_opens_nothing_from_then_on(app: Flask, channel: Channel, admin: Desk) -> None:
    conversation = place(channel.receive())
    renewed = admin.inbox("POST", f"/channels/{channel.id}/key")
    models.KeyedChannel.model_validate(renewed.body)
    assert renewed.status == 201
    assert channel.said(conversation).refusal == (401, "unauthenticated")
    assert channel.receive().refusal == (401, "unauthenticated")
    second = Channel(through_app(app), renewed.body["key"], channel.id)
    assert second.said(conversation).status == 200
    assert admin.inbox("DELETE", f"/channels/{channel.id}/key").status == 204
    assert second.receive().refusal == (401, "unauthenticated")
    assert [one["hasKey"] for one in admin.inbox("GET", "/channels").body["channels"] if one["id"] == channel.id] == [
        False
    ]
    third = Channel(through_app(app), admin.inbox("POST", f"/channels/{channel.id}/key").body["key"])
    assert third.receive().status == 201
    assert admin.inbox("DELETE", f"/channels/{channel.id}").status == 204
    assert third.receive().refusal == (401, "unauthenticated")
    assert admin.inbox("DELETE", f"/channels/{channel.id}").refusal == (404, "not_found")
    # What was said stays, and can be answered.
    assert admin.reply(conversation).status == 201
    assert channel.id not in {one["id"] for one in admin.inbox("GET", "/channels").body["channels"]}


def test_a_key_is_shown_once_and_kept_nowhere(app: Flask, admin: Desk, root: Connection[Any]) -> None:
    made = admin.inbox("POST", "/channels", {"name": "ERP", "singleThread": True})
    key = made.body["key"]
    assert re.fullmatch(r"mk_[A-Za-z0-9_-]{43}", key)
    assert (made.status, made.body["singleThread"], made.body["hasKey"]) == (201, True, True)
    shown = json.dumps(admin.inbox("GET", "/channels").body)
    assert "key" not in shown.replace("hasKey", "")
    tables = ("chat_channels", "chat_activities")
    held = " union all ".join(f"select t::text from public.{table} t" for table in tables)
    assert root.execute(f"select count(*) from ({held}) t (t) where t like %s", [f"%{key}%"]).fetchone()[0] == 0


def test_the_bot_has_no_say_there(channel: Channel, admin: Desk, root: Connection[Any]) -> None:
    conversation = place(channel.receive())
    before = desk_state(root, conversation)
    refused = admin.change(conversation, handling="bot")
    assert refused.refusal == (422, "invalid")
    assert [one["field"] for one in refused.body["errors"]] == ["handling"]
    assert desk_state(root, conversation) == before
    assert admin.change(conversation, status="completed").status == 200
    both = admin.change(conversation, status="open", handling="bot")
    assert both.refusal == (422, "invalid")
    reopened = admin.change(conversation, status="open").body["conversation"]
    assert (reopened["status"], reopened["handling"]) == ("open", "agent")
    assert place(channel.receive()) == conversation


def test_a_limit_of_its_own_and_nothing_less(stack: LocalStack, admin: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made = stack_app(stack, rate_limit_channel=AT_ONCE, member_turns_in_flight=1)
    # However long the fifty take, no minute of them passes.
    monkeypatch.setattr(part_of(made, Limits)._channels, "_clock", lambda: 0.0)
    limited = through_app(made)
    mine, other = add_channel(admin, limited), add_channel(admin, limited)
    answers = at_once([mine.receive for _ in range(AT_ONCE)])
    assert {answer.status for answer in answers} == {201}
    assert mine.receive().refusal == (429, "rate_limited")
    assert other.receive().status == 201
