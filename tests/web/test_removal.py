"""The end of an account: however much was written, whoever writes meanwhile, wherever it breaks off.

`make soak` removes 200,000 messages.
"""

import os
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from flask import Flask
from psycopg import Connection

from scripts.local import LocalStack
from tests.concurrency import PATIENCE, until
from tests.stack import Member
from tests.web.chat import Answer, Api, chip, new_id, text, through_app
from tests.web.deadlocks import TRIES, lost_to
from tests.web.filled import fill
from tests.web.proxy import Proxy

CONVERSATIONS, EACH = (1_000, 200) if os.environ.get("MUNUI_SOAK") == "1" else (60, 200)


def left(root: Connection[Any], member: Member) -> list[int]:
    """Return how many rows of each table are the member's, and how many accounts."""
    tables = ("chat_conversations", "chat_messages", "chat_conversation_reads", "chat_inquiries")
    counts = [f"(select count(*) from public.{table} where user_id = %(id)s)" for table in tables]
    accounts = "(select count(*) from auth.users where id = %(id)s)"
    return list(root.execute(f"select {', '.join([*counts, accounts])}", {"id": member.id}).fetchone())


def test_a_heavy_account_goes_in_rounds(
    proxied: Api, proxy: Proxy, root: Connection[Any], member: Member, stranger: Member
) -> None:
    fill(root, member.id, CONVERSATIONS, EACH)
    # More than one round in one conversation, as a legacy one may be; and many with next to nothing in them.
    fill(root, member.id, 1, 12_000)
    fill(root, member.id, 1_100, 1)
    chat = proxied.begin()
    chat.click("shipping")
    proxied.read(chat.id)
    fill(root, stranger.id, 2, 10)
    with proxy.watch() as passed:
        assert proxied.call("DELETE", "/me").status == 204
    rounds = Counter(one.what for one in passed)
    assert rounds["rpc/chat_forget"] > 4
    assert rounds.keys() == {"rpc/chat_forget", f"auth/v1/admin/users/{member.id}"}
    assert left(root, member) == [0, 0, 0, 0, 0]
    assert left(root, stranger)[:2] == [2, 20]


@pytest.mark.parametrize("is_after", [False, True], ids=["before", "after"])
def test_a_removal_that_breaks_off_is_gone_on_with(
    proxied: Api, proxy: Proxy, root: Connection[Any], member: Member, is_after: bool
) -> None:
    # More than three rounds remove, of which each takes 5,000 at most.
    fill(root, member.id, 100, 200)
    gate = proxy.hold("rpc/chat_forget")
    with ThreadPoolExecutor(1) as pool:
        broken = pool.submit(proxied.call, "DELETE", "/me")
        assert gate.reached.wait(PATIENCE)
        proxy.cut("rpc/chat_forget", after=is_after)
        gate.open()
        assert broken.result(PATIENCE).refusal == (503, "upstream_unavailable")
    some = left(root, member)
    assert 0 < some[1] < 20_000
    assert some[4] == 1
    # What is left can still be used, and nothing of it is half there.
    whole = root.execute(
        "select bool_and(c.message_count = n) from public.chat_conversations c, lateral"
        " (select count(*) as n from public.chat_messages m where m.conversation_id = c.id) m where c.user_id = %s",
        [member.id],
    ).fetchone()
    assert whole == (True,)
    assert proxied.begin().write().status == 201
    assert proxied.call("DELETE", "/me").status == 204
    assert left(root, member) == [0, 0, 0, 0, 0]
    assert proxied.call("DELETE", "/me").refusal == (401, "unauthenticated")


@pytest.mark.parametrize("times", range(3))
def test_turns_beside_the_removal_are_taken_or_find_no_account(
    app: Flask, api: Api, root: Connection[Any], member: Member, times: int
) -> None:
    chats = [api.begin() for _ in range(3)]
    api.turn(chats[0].id, text())
    gone = threading.Event()
    jobs: list[Callable[[], Answer]] = [
        lambda: api.turn(chats[0].id, text()),
        lambda: api.turn(chats[1].id, text()),
        lambda: api.turn(api.begin().id, text()) if not gone.is_set() else api.open(),
        lambda: api.turn(chats[2].id, chip(chats[2].chips, "shipping"), client_id),
        lambda: api.read(chats[1].id),
        api.open,
    ]
    client_id = new_id()

    def ask(job: Callable[[], Answer]) -> list[tuple[int, str | None]]:
        told: list[tuple[int, str | None]] = []
        while True:
            last = gone.is_set()
            try:
                told.append(job().refusal)
            except KeyError:
                # A conversation that could not be begun any more.
                told.append((401, "unauthenticated"))
            if last:
                return told

    with ThreadPoolExecutor(len(jobs) + 1) as pool:
        asking = [pool.submit(ask, job) for job in jobs]
        until(lambda: left(root, member)[1] > 30)
        assert Api(through_app(app), member.access_token).call("DELETE", "/me").status == 204
        gone.set()
        told = [one.result(PATIENCE) for one in asking]
    assert {status for one in told for status in one} <= {(200, None), (201, None), (401, "unauthenticated")}
    assert {one[-1] for one in told} == {(401, "unauthenticated")}
    assert left(root, member) == [0, 0, 0, 0, 0]


def test_an_account_whose_end_loses_a_deadlock_still_goes(
    stack: LocalStack, api_of: Callable[[Member], Api], new_member: Callable[[], Member], root: Connection[Any]
) -> None:
    for _ in range(TRIES):
        member = new_member()
        api = api_of(member)
        # A writer has the conversation and wants its account; the end of the account, the other way round.
        answer, has_lost = lost_to(
            stack, root, partial(api.call, "DELETE", "/me"),
            has=("public.chat_conversations", api.begin().id), wants=("auth.users", member.id), lock="key share",
        )  # fmt: skip
        assert answer.status == 204
        assert left(root, member) == [0, 0, 0, 0, 0]
        if has_lost:
            break
    assert has_lost
