"""Supabase is away: everybody is told so in time, nothing is lost, and the same request works once it is back."""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from scripts.local import LocalStack
from service.core.outgoing import upstream_calls
from tests.concurrency import PATIENCE, at_once, until
from tests.db.chats import messages_of
from tests.stack import connect, sign_up
from tests.web.apps import stack_app
from tests.web.chat import EVENTS, Answer, Api, Chat, at_form, chip, form, new_id, text, through_app
from tests.web.proxy import Proxy

pytestmark = pytest.mark.tried("outages and crashes")
# Of the longest time that Supabase may be waited for (upstream_timeout): what answers in time however slow the machine.
IMPATIENT, WITHIN = 1.0, 5.0


@pytest.fixture(scope="module")
def _own_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    with LocalStack(tmp_path_factory.mktemp("outage") / "stack", durable=True, fresh=True) as running:
        yield running


@pytest.fixture
def own_stack(_own_stack: LocalStack) -> LocalStack:
    """A stack that may be broken without disturbing anybody. Durable: what it has acknowledged outlives a kill.

    Whatever the last test has left of it, this one finds it whole.
    """
    if not all(child.is_running() for child in _own_stack.children):
        _own_stack.stop()
        _own_stack.start_postgres()
        _own_stack.start_gateway()
    return _own_stack


@pytest.fixture
def api(own_stack: LocalStack) -> Api:
    return Api(through_app(stack_app(own_stack)), sign_up(own_stack).access_token)


@contextmanager
def no_gateway(stack: LocalStack) -> Iterator[None]:
    stack.stop_gateway()
    try:
        yield
    finally:
        stack.start_gateway()


@contextmanager
def no_postgres(stack: LocalStack) -> Iterator[None]:
    stack.stop_postgres()
    try:
        yield
    finally:
        stack.start_postgres()


@contextmanager
def frozen_gateway(stack: LocalStack) -> Iterator[None]:
    """It takes connections and never answers."""
    pid = stack.gateway.child.pid
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def is_unavailable(call: Callable[[], Answer]) -> None:
    answer = call()
    assert answer.refusal == (503, "upstream_unavailable")
    assert int(answer.headers["Retry-After"]) >= 1
    # One question, which has the time of one: the settings keep that below five seconds.
    assert upstream_calls.get() == 1
    assert set(answer.body) <= {"type", "title", "status", "code", "detail", "requestId"}


def eventually(call: Callable[[], Answer]) -> Answer:
    """The first answer that is no 503: the gateway may need a moment to reach its database again."""
    end = time.monotonic() + PATIENCE
    while (answer := call()).status == 503 and time.monotonic() < end:
        time.sleep(0.05)
    return answer


@pytest.fixture
def chat(api: Api) -> Chat:
    return at_form(api)


@pytest.mark.parametrize("outage", [no_gateway, no_postgres])
def test_what_cannot_be_done_now_can_be_done_later_with_the_same_ids(
    own_stack: LocalStack, api: Api, chat: Chat, outage: Any
) -> None:
    client_conversation = new_id()
    events = {new_id(): text("배송이 언제 오나요?"), new_id(): form(chat.form_id)}
    with connect(own_stack) as look:
        before = messages_of(look, chat.id)
    with outage(own_stack):
        is_unavailable(lambda: api.open(client_conversation))
        for client_id, event in events.items():
            is_unavailable(lambda e=event, c=client_id: api.turn(chat.id, e, c))
        is_unavailable(lambda: api.turn(chat.id, text("")))
        is_unavailable(api.conversations)
        is_unavailable(chat.page)
        is_unavailable(lambda: api.read(chat.id))
    assert eventually(api.conversations).status == 200
    with connect(own_stack) as look:
        assert messages_of(look, chat.id) == before
    assert eventually(lambda: api.open(client_conversation)).status == 201
    for client_id, event in events.items():
        assert eventually(lambda e=event, c=client_id: api.turn(chat.id, e, c)).status == 201


@pytest.mark.parametrize("outage", [no_gateway, no_postgres])
def test_health_and_readiness_tell_themselves_apart(own_stack: LocalStack, outage: Any) -> None:
    app = stack_app(own_stack)
    with app.test_client() as client:
        # The gateway may need a moment to reach its database again.
        until(lambda: client.get("/readyz").status_code == 200)
    with outage(own_stack), app.test_client() as client:
        assert (client.get("/healthz").status_code, client.get("/healthz").json) == (200, {"status": "ok"})
    # A fresh app has no answer to remember.
    with outage(own_stack), stack_app(own_stack).test_client() as client:
        ready = client.get("/readyz")
        assert ready.status_code == 503
        assert set(ready.json["checks"].values()) <= {"ok", "unavailable"}
        assert "unavailable" in ready.json["checks"].values()


def test_a_gateway_that_does_not_answer_is_given_up_in_time(own_stack: LocalStack) -> None:
    member = sign_up(own_stack)
    patient, impatient = (
        Api(through_app(stack_app(own_stack, **settings)), member.access_token)
        for settings in ({}, {"upstream_timeout": IMPATIENT})
    )
    chat, client_id = patient.begin(), new_id()
    event = chip(chat.chips, "returns")
    with frozen_gateway(own_stack):
        started = time.monotonic()
        is_unavailable(lambda: impatient.turn(chat.id, event, client_id))
        assert time.monotonic() - started < WITHIN
    answer = eventually(lambda: patient.turn(chat.id, event, client_id))
    assert answer.status in {200, 201}
    with connect(own_stack) as look:
        assert [row["id"] for row in messages_of(look, chat.id)[2:]] == [one["id"] for one in answer.messages]


def test_the_flow_and_a_refusal_need_no_supabase(own_stack: LocalStack, api: Api, chat: Chat) -> None:
    with no_gateway(own_stack):
        assert api.call("GET", "/flow").status == 200
        assert api.call("POST", f"/conversations/{chat.id}/turns", b"{").refusal == (400, "malformed_json")
        assert api.conversations(limit=0).refusal == (422, "invalid")
        assert Api(api._send, None).conversations().refusal == (401, "unauthenticated")


@pytest.fixture(scope="module")
def own_proxy(_own_stack: LocalStack) -> Iterator[Proxy]:
    with Proxy(_own_stack.supabase_url, _own_stack.secret_key) as running:
        yield running


def kill_postgres(stack: LocalStack) -> None:
    os.kill(stack.postgres.child.pid or 0, signal.SIGKILL)
    stack.stop_postgres()
    stack.start_postgres()


def kill_gateway(stack: LocalStack) -> None:
    os.kill(stack.gateway.child.pid or 0, signal.SIGKILL)
    stack.restart_gateway()


def wait_until_blocked(stack: LocalStack, function: str) -> None:
    """Until the database is in the middle of a call."""
    waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like %s"
    with connect(stack, autocommit=True) as look:
        until(lambda: look.execute(waiting, [f"%public.{function}(%"]).fetchone() != (0,))


@pytest.mark.parametrize("kill", [kill_postgres, kill_gateway])
@pytest.mark.parametrize("function", ["chat_send", "chat_reply"])
@pytest.mark.parametrize("name", EVENTS)
def test_what_is_killed_in_the_middle_of_a_turn_loses_and_doubles_nothing(
    own_stack: LocalStack, own_proxy: Proxy, function: str, kill: Callable[[LocalStack], None], name: str
) -> None:
    api = Api(through_app(stack_app(own_stack, supabase_url=own_proxy.url)), sign_up(own_stack).access_token)
    begin, make_event = EVENTS[name]
    chat, client_id = begin(api), new_id()
    event = make_event(chat)
    with connect(own_stack) as look:
        before = messages_of(look, chat.id)
    gate = own_proxy.hold(f"rpc/{function}")
    with ThreadPoolExecutor() as pool, connect(own_stack) as holder:
        sent = pool.submit(api.turn, chat.id, event, client_id)
        assert gate.reached.wait(PATIENCE)
        holder.execute("select from public.chat_conversations where id = %s for update", [chat.id])
        gate.open()
        wait_until_blocked(own_stack, function)
        kill(own_stack)
        # Whoever was killed, the lock goes, and with it what a killed gateway had left in the database.
        holder.close()
        answer = sent.result(PATIENCE)
    # The gateway was started again so quickly that the repeat of a broken line may have found it.
    assert answer.status in {201, 503}
    healed = eventually(lambda: api.turn(chat.id, event, client_id))
    assert healed.status in {200, 201}
    again = eventually(lambda: api.turn(chat.id, event, client_id))
    assert (again.status, again.messages) == (200, healed.messages)
    with connect(own_stack) as look:
        written = messages_of(look, chat.id)[len(before) :]
    assert [row["id"] for row in written] == [one["id"] for one in healed.messages]
    assert [row["role"] for row in written][:2] == ["user", "bot"]
    assert eventually(lambda: api.turn(chat.id, text("아직 계신가요?"))).status in {201, 409}


def test_connections_that_are_cut_at_any_moment_are_made_anew(own_stack: LocalStack, api: Api) -> None:
    chat = api.begin()
    # And until they are gone: none is to break later.
    cut = f"""select pg_terminate_backend(pid, {PATIENCE * 1000:.0f}) from pg_stat_activity
        where application_name = 'munui-gateway' and random() < 0.5"""
    told, enough = Counter[int](), threading.Event()

    def ask() -> None:
        while not enough.is_set():
            told[chat.page().status] += 1

    with connect(own_stack, autocommit=True) as db, ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(ask) for _ in range(4)]

        def has_seen_all() -> bool:
            # Again and again, yet not so often that on a slow machine none lives for as long as a page takes.
            if told[200] >= 5 * told[503]:
                db.execute(cut)
            return told[503] >= 2 and told[200] >= 20

        try:
            until(has_seen_all)
        finally:
            enough.set()
        for one in asking:
            one.result(PATIENCE)
    assert set(told) == {200, 503}
    assert own_stack.gateway.child.is_running()
    assert eventually(chat.page).status == 200
    assert {answer.status for answer in at_once([chat.page] * 12)} == {200}
