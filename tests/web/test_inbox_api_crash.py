"""Operators' calls through broken lines and killed processes: what was acknowledged is there once, and whole."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Flask
from psycopg import Connection

from scripts.local import LocalStack
from scripts.local.app_server import AppServer
from tests.concurrency import PATIENCE, at_once
from tests.db.chats import messages_of, new_id
from tests.stack import Member, connect
from tests.web.chat import Api, Chat, through_app, through_http
from tests.web.desk import Desk, add_operator
from tests.web.proxy import Proxy

pytestmark = pytest.mark.tried("outages and crashes")
GONE = (503, "upstream_unavailable")
# A conversation that is half of what it should be.
HALF = """
  select c.id, c.status, c.handling, c.agent, d.status, d.handling, d.assignee_id, d.waiting_since
  from public.chat_conversations c
  join public.chat_desk d on d.conversation_id = c.id
  where c.id = any (%s::uuid[])
    and (
      (c.status, c.handling) is distinct from (d.status, d.handling)
      or (c.handling = 'agent') <> (d.assignee_id is not null)
      or (c.agent is null) <> (d.assignee_id is null)
      or (d.assignee_id is not null) <> coalesce((
        select a.type = 'conversation.assigned'
        from public.chat_activities a
        where a.conversation_id = c.id
          and a.type in ('conversation.assigned', 'conversation.unassigned', 'conversation.handed_over')
        order by a.created_at desc limit 1
      ), false)
    )
"""


@pytest.fixture(scope="module")
def member(new_member: Callable[[], Member]) -> Member:
    """One customer for all of these tests: each begins conversations of its own."""
    return new_member()


@pytest.fixture(scope="module")
def accounts(stack: LocalStack, new_member: Callable[[], Member]) -> Iterator[list[Member]]:
    """Two agents."""
    with connect(stack, autocommit=True) as db:
        agents = [new_member(), new_member()]
        for one in agents:
            add_operator(db, one)
        yield agents


@pytest.fixture
def desks(proxied_app: Flask, accounts: list[Member]) -> list[Desk]:
    """Their screens, whose way to Supabase leads through `proxy`."""
    return [Desk(through_app(proxied_app), one.access_token) for one in accounts]


@pytest.fixture
def chat(proxied: Api) -> Chat:
    return proxied.begin()


def said(root: Connection[Any], conversation: str) -> list[str]:
    """The client ids of what operators said."""
    return [row["client_message_id"] for row in messages_of(root, conversation) if row["author"]]


def halves(root: Connection[Any], *conversations: str) -> list[Any]:
    return root.execute(HALF, [list(conversations)]).fetchall()


@pytest.mark.parametrize("after", [False, True])
def test_a_reply_that_got_lost_is_there_once_after_its_repeat(
    desks: list[Desk], chat: Chat, proxy: Proxy, root: Connection[Any], after: bool
) -> None:
    desk, client_id = desks[0], new_id()
    proxy.cut("rpc/inbox_reply", after=after)
    assert desk.reply(chat.id, "네", client_id).refusal == GONE
    assert said(root, chat.id) == [client_id] * after
    assert halves(root, chat.id) == []
    again = desk.reply(chat.id, "네", client_id)
    assert (again.status, again.body["replayed"]) == ((200, True) if after else (201, False))
    assert said(root, chat.id) == [client_id]


@pytest.mark.parametrize("after", [False, True])
def test_a_claim_that_got_lost_is_whole_or_was_never_made(
    desks: list[Desk], chat: Chat, proxy: Proxy, root: Connection[Any], after: bool
) -> None:
    desk, colleague = desks
    proxy.cut("rpc/inbox_claim", after=after)
    assert desk.claim(chat.id).refusal == GONE
    assert halves(root, chat.id) == []
    proxy.heal()
    assert colleague.claim(chat.id).status == (409 if after else 200)
    assert desk.claim(chat.id).status == (200 if after else 409)
    assert halves(root, chat.id) == []


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("change", [{"status": "completed"}, {"handling": "bot"}], ids=lambda one: str(*one.values()))
def test_a_change_and_what_the_flow_says_to_it_come_together_or_not(
    desks: list[Desk], chat: Chat, proxy: Proxy, root: Connection[Any], change: dict[str, str], after: bool
) -> None:
    desk = desks[0]
    desk.claim(chat.id)
    rev, before = desk.rev(chat.id), messages_of(root, chat.id)
    proxy.cut("rpc/inbox_change", after=after)
    assert desk.change(chat.id, ifRev=rev, **change).refusal == GONE
    spoke = len(messages_of(root, chat.id)) > len(before)
    now = desk.show(chat.id)
    assert all((now[name] == value) is after for name, value in change.items())
    assert spoke is after
    # Sent again, it is done, or it is told that it was.
    again = desk.change(chat.id, ifRev=rev, **change)
    assert again.status == (409 if after else 200)
    page = desk.said(chat.id).messages
    assert len({one["id"] for one in page}) == len(page)
    assert halves(root, chat.id) == []


@pytest.fixture
def server(stack: LocalStack, tmp_path: Path) -> Iterator[AppServer]:
    """The app as it runs in production, in processes of its own."""
    running = AppServer(socket.create_server(("127.0.0.1", 0)), tmp_path / "app.log")
    running.start(workers=1, threads=8, settings={**stack.env(), "APP_URL": f"http://127.0.0.1:{running.port}"})
    yield running
    running.stop()


def test_a_process_that_is_killed_loses_no_reply_and_leaves_no_half_of_a_claim(
    server: AppServer, proxied: Api, desks: list[Desk], accounts: list[Member], root: Connection[Any]
) -> None:
    chats = [proxied.begin().id for _ in range(4)]
    acknowledged: list[tuple[str, str]] = []
    sent: list[tuple[int, str, str]] = []
    enough = threading.Event()

    def work(who: int, chat: str) -> str:
        """Claim and write until the line goes dead."""
        with httpx.Client(base_url=server.url, trust_env=False, timeout=PATIENCE) as client:
            desk = Desk(through_http(client), accounts[who].access_token)
            try:
                desk.claim(chat)
                while True:
                    client_id = new_id()
                    sent.append((who, chat, client_id))
                    # What takes longer than the service waits for it is sent again, as a screen does.
                    while (answer := desk.reply(chat, "네", client_id)).refusal == GONE:
                        pass
                    assert answer.status in {200, 201}
                    acknowledged.append((chat, client_id))
                    if len(acknowledged) >= 30:
                        enough.set()
            except httpx.TransportError:
                return "the line went dead"

    def kill() -> str:
        try:
            assert enough.wait(PATIENCE)
        finally:
            # In any case, or they would go on for ever.
            os.killpg(server.child.pid, signal.SIGKILL)
        return "killed"

    workers = [partial(work, who, chat) for who in (0, 1) for chat in chats]
    assert at_once([*workers, kill]) == ["the line went dead"] * len(workers) + ["killed"]
    there = [(chat, client_id) for chat in chats for client_id in said(root, chat)]
    assert len(there) == len(set(there))
    assert set(acknowledged) <= set(there)
    assert halves(root, *chats) == []
    for who, chat, client_id in sent:
        again = desks[who].reply(chat, "네", client_id)
        # What the process had sent on may have been written after it was gone.
        assert again.status == 200 or (chat, client_id) not in there
    for chat in chats:
        assert sorted(said(root, chat)) == sorted(key for _, where, key in sent if where == chat)
        seqs = [row["seq"] for row in messages_of(root, chat)]
        assert seqs == list(range(1, len(seqs) + 1))
