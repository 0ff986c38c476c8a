"""A member takes everything along, however much it is: valid JSON, nothing missing, nothing twice, memory flat.

`make soak` takes 5,000 conversations of 200 messages.
"""

import hashlib
import json
import os
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Flask
from psycopg import Connection

from scripts.local import LocalStack
from tests.concurrency import PATIENCE, until
from tests.db.chats import add_conversation, add_row, new_id
from tests.stack import Member, connect
from tests.web.apps import bearer
from tests.web.chat import at_form
from tests.web.filled import fill
from tests.web.server import gunicorn
from tests.web.test_faults import JSON, Fault, FaultyProxy

EXPORT = "/api/v1/me/export"
CONVERSATIONS, EACH = (5_000, 200) if os.environ.get("MUNUI_SOAK") == "1" else (60, 200)


def exported(app: Flask, member: Member) -> dict[str, Any]:
    with app.test_client() as client:
        answer = client.get(EXPORT, headers=bearer(member.access_token))
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    return json.loads(answer.data)


def test_every_row_is_there_once(app: Flask, root: Connection[Any], member: Member, stranger: Member) -> None:
    fill(root, stranger.id, 2, 3)
    fill(root, member.id, 1, 1001)
    # Longer than a page may be, each of them alone.
    fill(root, member.id, 3, 5, content="가" * 16_000)
    add_conversation(root, member.id)
    for number in range(3):
        inquiry = {"client_inquiry_id": new_id(), "flow_version": "v", "step_id": "write", "values": {"n": number}}
        add_row(root, "chat_inquiries", {**inquiry, "user_id": member.id})
    told = exported(app, member)
    assert list(told) == ["member", "conversations", "messages", "reads", "inquiries"]
    for part, table in (
        ("conversations", "chat_conversations"),
        ("messages", "chat_messages"),
        ("inquiries", "chat_inquiries"),
    ):
        kept = root.execute(f"select id::text from public.{table} where user_id = %s order by 1", [member.id])
        assert sorted(row["id"] for row in told[part]) == [row[0] for row in kept]
    places = [(row["conversationId"], row["seq"]) for row in told["messages"]]
    assert places == sorted(places)


def test_rows_have_all_their_columns(app: Flask, api: Any, root: Connection[Any], member: Member) -> None:
    chat = at_form(api)
    chat.submit()
    api.read(chat.id)
    told = exported(app, member)
    for part, table in (
        ("conversations", "chat_conversations"),
        ("messages", "chat_messages"),
        ("reads", "chat_conversation_reads"),
        ("inquiries", "chat_inquiries"),
    ):
        columns = root.execute(
            "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped",
            [f"public.{table}"],
        ).fetchall()
        assert told[part]
        assert {name.lower() for name in told[part][0]} == {name.replace("_", "") for (name,) in columns}


def test_much_of_it_takes_no_more_memory(app: Flask, root: Connection[Any], member: Member) -> None:
    fill(root, member.id, CONVERSATIONS, EACH, content="배송이 언제 오나요? " * 20)
    size, parts, tail = 0, hashlib.sha256(), b""
    with app.test_client() as client:
        tracemalloc.start()
        answer = client.get(EXPORT, headers=bearer(member.access_token), buffered=False)
        ids = 0
        for piece in answer.response:
            data = piece.encode() if isinstance(piece, str) else piece
            size += len(data)
            ids += data.count(b'"clientMessageId"')
            parts.update(data)
            tail = (tail + data)[-20:]
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        answer.close()
    assert ids == CONVERSATIONS * EACH
    assert tail.endswith(b'"inquiries":[]}\n')
    assert size > 10_000_000
    # A page as bytes, as text, as rows and as JSON again; never the whole.
    assert most < 12_000_000, (size, most)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("broken") / "app.log"


@pytest.fixture(scope="module")
def faulty(stack: LocalStack) -> Iterator[FaultyProxy]:
    with FaultyProxy(stack.supabase_url, stack.secret_key) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def client(stack: LocalStack, faulty: FaultyProxy, log: Path) -> Iterator[httpx.Client]:
    """A client of a real server whose way to Supabase can break."""
    with (
        gunicorn(stack, log, workers=1, SUPABASE_URL=faulty.url) as server,
        httpx.Client(base_url=server.url, trust_env=False, timeout=PATIENCE) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def heavy(stack: LocalStack, new_member: Callable[[], Member]) -> Member:
    """Somebody with several pages."""
    made = new_member()
    with connect(stack, autocommit=True) as root:
        fill(root, made.id, 20, 100)
    return made


def read_on(answer: httpx.Response, got: bytearray) -> None:
    for piece in answer.iter_raw():
        got += piece


# Where it breaks: in the middle of the messages, and after everything was read, where the account is asked for again.
@pytest.mark.parametrize(("what", "skip"), [("rpc/chat_export", 2), ("auth/v1/user", 1)], ids=["rows", "end"])
@pytest.mark.parametrize(
    "fault", [Fault(), Fault((200, [JSON], b"{}")), Fault((401, [JSON], b'{"code": "PGRST301", "message": "gone"}'))],
    ids=["cut", "odd", "refused"],
)  # fmt: skip
def test_a_file_that_breaks_off_never_looks_whole(
    client: httpx.Client, faulty: FaultyProxy, heavy: Member, log: Path, fault: Fault, what: str, skip: int
) -> None:
    logged = log.read_text(encoding="utf-8").count('"answer_broken_off"')
    faulty.plan(what, fault, after=False, skip=skip)
    got = bytearray()
    with client.stream("GET", EXPORT, headers=bearer(heavy.access_token)) as answer:
        assert answer.status_code == 200
        with pytest.raises(httpx.RemoteProtocolError):
            read_on(answer, got)
    assert faulty.times >= 1
    assert got.startswith(b'{"member":{')
    with pytest.raises(ValueError, match="Expecting|Unterminated"):
        json.loads(got)
    until(lambda: log.read_text(encoding="utf-8").count('"answer_broken_off"') == logged + 1)

    faulty.plan("rpc/chat_export", fault, after=False)
    refused = client.get(EXPORT, headers=bearer(heavy.access_token))
    assert refused.status_code in {401, 500, 503}
    assert refused.headers["Content-Type"] == "application/problem+json"
    faulty.heal()
    # Nothing is held by those that broke off.
    for _ in range(3):
        assert len(client.get(EXPORT, headers=bearer(heavy.access_token)).json()["messages"]) == 2000
