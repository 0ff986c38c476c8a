"""The service dies between the two writes of a turn: the repeat completes it, and so does the next event."""

import os
import signal
import socket
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from psycopg import Connection

from scripts.local import LocalStack
from scripts.local.app_server import AppServer
from tests.concurrency import PATIENCE, at_once
from tests.db.chats import conversation_row, everything, messages_of
from tests.stack import Member
from tests.web.chat import EVENTS, Api, at_form, chip, form, new_id, text, through_http
from tests.web.proxy import Proxy

pytestmark = pytest.mark.tried("outages and crashes")


@pytest.fixture(scope="module")
def member(new_member: Callable[[], Member]) -> Member:
    """One account for all of these tests: each begins conversations of its own."""
    return new_member()


def inquiries(root: Connection[Any], conversation: str) -> int:
    count = "select count(*) from public.chat_inquiries where conversation_id = %s"
    return root.execute(count, [conversation]).fetchone()[0]


def crash(api: Api, proxy: Proxy, conversation: str, event: Any, client_id: str) -> None:
    """Save an event and fail before its replies are written."""
    proxy.cut("rpc/chat_reply")
    answer = api.turn(conversation, event, client_id)
    assert answer.refusal == (503, "upstream_unavailable")
    assert int(answer.headers["Retry-After"]) >= 1


@pytest.mark.parametrize("name", EVENTS)
def test_the_repeat_completes_the_turn(proxied: Api, proxy: Proxy, root: Connection[Any], name: str) -> None:
    begin, make_event = EVENTS[name]
    chat, client_id = begin(proxied), new_id()
    event, before = make_event(chat), messages_of(root, chat.id)
    crash(proxied, proxy, chat.id, event, client_id)
    assert [row["client_message_id"] for row in messages_of(root, chat.id)[len(before) :]] == [client_id]

    healed = chat.send(event, client_id)
    assert (healed.status, healed.body["replayed"]) == (201, False)
    assert [row["id"] for row in messages_of(root, chat.id)[len(before) :]] == [one["id"] for one in healed.messages]
    assert len(healed.messages) > 1
    assert inquiries(root, chat.id) == (name == "form")
    again = chat.send(event, client_id)
    assert (again.status, again.body["replayed"], again.messages) == (200, True, healed.messages)
    assert again.body["updatedMessages"] == healed.body["updatedMessages"]


@pytest.mark.parametrize("name", EVENTS)
def test_the_next_event_completes_the_turn_first(proxied: Api, proxy: Proxy, root: Connection[Any], name: str) -> None:
    begin, make_event = EVENTS[name]
    chat, client_id = begin(proxied), new_id()
    event = make_event(chat)
    crash(proxied, proxy, chat.id, event, client_id)

    following = chat.write("아직 계신가요?")
    assert following.status == 201
    said = [row for row in messages_of(root, chat.id) if row["role"] == "user"][-2:]
    assert [row["client_message_id"] for row in said] == [client_id, following.messages[0]["clientMessageId"]]
    rows = messages_of(root, chat.id)
    healed, later = ([row for row in rows if row["turn_id"] == one["id"]] for one in said)
    assert len(healed) > 1
    assert [row["id"] for row in later] == [one["id"] for one in following.messages]
    # The earlier message's replies come before the later one's.
    assert max(row["seq"] for row in healed) < min(row["seq"] for row in later[1:])
    assert inquiries(root, chat.id) == (name == "form")

    replay = chat.api.turn(chat.id, event, client_id)
    assert (replay.status, replay.body["replayed"]) == (200, True)
    assert [one["id"] for one in replay.messages] == [row["id"] for row in healed]


def test_a_crash_costs_no_transition(proxied: Api, proxy: Proxy, root: Connection[Any]) -> None:
    chat = proxied.begin()
    crash(proxied, proxy, chat.id, chip(chat.chips, "write"), new_id())
    assert conversation_row(root, chat.id)["state"]["step"] == "categories"
    chat.write("아직 계신가요?")
    assert conversation_row(root, chat.id)["state"]["step"] == "write"
    shown = next(one for one in chat.page().messages if one["kind"] == "form")
    assert chat.send(form(shown["id"])).status == 201


def test_an_answered_question_stays_answered_through_a_crash(proxied: Api, proxy: Proxy, root: Connection[Any]) -> None:
    chat = proxied.begin()
    crash(proxied, proxy, chat.id, chip(chat.chips, "shipping"), new_id())
    before = everything(root)
    assert proxied.turn(chat.id, chip(chat.chips, "returns")).refusal == (409, "already_answered")
    assert everything(root) == before


def test_an_answer_that_no_longer_fits_gets_the_fallback_reply(
    proxied: Api, proxy: Proxy, root: Connection[Any]
) -> None:
    chat = proxied.begin()
    asked = chat.chips
    crash(proxied, proxy, chat.id, chip(asked, "shipping"), new_id())
    root.execute(
        "update public.chat_messages set event = jsonb_set(event, '{chip_id}', '\"gone\"')"
        " where conversation_id = %s and event is not null",
        [chat.id],
    )
    chat.write("아직 계신가요?")
    contents = [one["content"] or "" for one in chat.page().messages]
    assert sum("처리할 수 없었어요" in content for content in contents) == 1
    assert conversation_row(root, chat.id)["state"]["step"] == "unknown"


def test_several_crashes_in_a_row_are_healed_together(proxied: Api, proxy: Proxy, root: Connection[Any]) -> None:
    chat = proxied.begin()
    client_ids = [new_id() for _ in range(3)]
    for n, client_id in enumerate(client_ids):
        crash(proxied, proxy, chat.id, text(f"{n}"), client_id)
    healed = chat.write("0", client_ids[0])
    assert (healed.status, healed.body["replayed"]) == (201, False)
    for n, client_id in enumerate(client_ids[1:], 1):
        again = chat.write(f"{n}", client_id)
        assert (again.status, again.body["replayed"]) == (200, True)
        assert len(again.messages) > 1


def test_sixteen_repeats_heal_a_turn_once(proxied: Api, proxy: Proxy, root: Connection[Any]) -> None:
    chat, client_id = proxied.begin(), new_id()
    crash(proxied, proxy, chat.id, text(), client_id)
    answers = at_once([partial(proxied.turn, chat.id, text(), client_id)] * 16)
    assert sorted(answer.status for answer in answers) == [200] * 15 + [201]
    assert all(answer.messages == answers[0].messages for answer in answers)
    rows = messages_of(root, chat.id)[len(chat.opened.messages) :]
    assert [row["id"] for row in rows] == [one["id"] for one in answers[0].messages]


def test_a_new_conversation_is_completed_by_the_repeat(
    proxied: Api, proxy: Proxy, root: Connection[Any], member: Member
) -> None:
    client_id = new_id()
    proxy.cut("rpc/chat_reply")
    assert proxied.open(client_id).refusal == (503, "upstream_unavailable")
    (empty,) = proxied.conversations(limit=1).body["conversations"]
    assert (empty["clientConversationId"], empty["lastMessage"]) == (client_id, None)
    healed, again = proxied.open(client_id), proxied.open(client_id)
    assert (healed.status, healed.body["replayed"], len(healed.messages)) == (201, False, 2)
    assert (again.status, again.body["replayed"], again.messages) == (200, True, healed.messages)
    assert healed.body["conversation"]["id"] == empty["id"]


def test_a_new_conversation_is_completed_by_its_first_event(proxied: Api, proxy: Proxy, root: Connection[Any]) -> None:
    client_id = new_id()
    proxy.cut("rpc/chat_reply")
    assert proxied.open(client_id).status == 503
    conversation = proxied.conversations().body["conversations"][0]["id"]
    answer = proxied.turn(conversation, text("배송이 언제 오나요?"))
    assert answer.status == 201
    opened = proxied.open(client_id)
    assert (opened.status, len(opened.messages)) == (200, 2)
    rows = messages_of(root, conversation)
    assert sorted(row["id"] for row in rows) == sorted(one["id"] for one in opened.messages + answer.messages)
    # The text was there first; the opening comes before its replies.
    order = [row["id"] for row in rows]
    assert max(order.index(one["id"]) for one in opened.messages) < order.index(answer.messages[1]["id"])
    assert rows[0]["role"] == "user"


@pytest.mark.parametrize("what", ["rpc/chat_open", "rpc/chat_send", "rpc/chat_reply"])
@pytest.mark.parametrize("times", [1, 2])
def test_an_answer_that_got_lost_on_its_way_is_no_second_turn(
    proxied: Api, proxy: Proxy, root: Connection[Any], what: str, times: int
) -> None:
    client_conversation, client_id = new_id(), new_id()
    if what == "rpc/chat_open":
        proxy.cut(what, times=times, after=True)
        first = proxied.open(client_conversation)
        assert first.status == (201 if times == 1 else 503)
    conversation = proxied.open(client_conversation).body["conversation"]["id"]
    if what != "rpc/chat_open":
        proxy.cut(what, times=times, after=True)
        first = proxied.turn(conversation, text(), client_id)
        assert first.status == (201 if times == 1 else 503)
    last = proxied.turn(conversation, text(), client_id)
    assert last.status in {200, 201}
    rows = messages_of(root, conversation)
    assert [row["id"] for row in rows[2:]] == [one["id"] for one in last.messages]
    assert len(rows) == 2 + len(last.messages)


def test_a_request_that_never_arrived_left_nothing(proxied: Api, proxy: Proxy, root: Connection[Any]) -> None:
    chat = at_form(proxied)
    before = everything(root)
    for what, event in (("rpc/chat_send", text()), ("rpc/chat_preview", form(chat.form_id))):
        proxy.cut(what)
        assert proxied.turn(chat.id, event).refusal == (503, "upstream_unavailable")
    assert everything(root) == before


def test_a_connection_that_was_closed_once_is_no_failure(proxied: Api, proxy: Proxy) -> None:
    chat = at_form(proxied)
    for what in ("rpc/chat_send", "rpc/chat_reply"):
        proxy.cut(what, times=1)
        assert chat.write().status == 201


@pytest.fixture
def server(stack: LocalStack, proxy: Proxy, tmp_path: Path) -> Iterator[AppServer]:
    """The app as it runs in production, in processes of its own."""
    running = AppServer(socket.create_server(("127.0.0.1", 0)), tmp_path / "app.log")
    settings = {**stack.env(), "SUPABASE_URL": proxy.url, "APP_URL": f"http://127.0.0.1:{running.port}"}
    running.start(workers=1, threads=4, settings=settings)
    yield running
    running.stop()


def test_a_process_that_is_killed_between_the_two_writes_loses_nothing(
    server: AppServer, proxied: Api, proxy: Proxy, member: Member, root: Connection[Any]
) -> None:
    client_id = new_id()
    with httpx.Client(base_url=server.url, trust_env=False, timeout=PATIENCE) as client:
        chat = Api(through_http(client), member.access_token).begin()
        gate = proxy.hold("rpc/chat_reply")

        def send() -> str:
            try:
                return str(chat.write("배송이 언제 오나요?", client_id).status)
            except httpx.TransportError:
                return "the line went dead"

        def kill() -> str:
            assert gate.reached.wait(PATIENCE)
            # The server leads a process group of its own: this ends it and its workers at once.
            os.killpg(server.child.pid, signal.SIGKILL)
            gate.drop()
            return "killed"

        assert at_once([send, kill]) == ["the line went dead", "killed"]
    assert [row["role"] for row in messages_of(root, chat.id)[2:]] == ["user"]
    healed = proxied.turn(chat.id, text("배송이 언제 오나요?"), client_id)
    assert (healed.status, healed.body["replayed"]) == (201, False)
    assert [row["id"] for row in messages_of(root, chat.id)[2:]] == [one["id"] for one in healed.messages]
