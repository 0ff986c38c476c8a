"""The attack suite, by side channel: nothing that a member asks depends on a stranger's rows.

Not the words of an answer, not a count, not a code, not what the planner thinks, and not the time that it takes.
"""

import random
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from psycopg import Connection

from scripts.local import LocalStack
from tests.db.chats import add_chips, add_conversation, add_message, add_row, add_texts, new_id
from tests.stack import Member, connect, persona, rest
from tests.web.side_channels import ALIKE, CLOSED

pytestmark = pytest.mark.tried("attacks")
TABLES = ("chat_conversations", "chat_messages", "chat_conversation_reads", "chat_inquiries")
PAIRS = 64


@pytest.fixture(scope="module")
def root(stack: LocalStack) -> Iterator[Connection[Any]]:
    with connect(stack, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def thief(stack: LocalStack, new_member: Callable[[], Member]) -> Member:
    return new_member()


@pytest.fixture(scope="module")
def client(stack: LocalStack, thief: Member) -> Iterator[httpx.Client]:
    with rest(stack, thief.access_token) as made:
        yield made


@pytest.fixture(scope="module")
def ids(root: Connection[Any], thief: Member, new_member: Callable[[], Member]) -> tuple[dict[str, str], ...]:
    """What a stranger with much to hide has, and as many ids that nobody has."""
    stranger, own = new_member(), add_conversation(root, thief.id)
    theirs = {"own": own, "conversation": add_conversation(root, stranger.id), "user": stranger.id}
    theirs["message"] = add_chips(root, stranger.id, theirs["conversation"])
    add_texts(root, stranger.id, theirs["conversation"], 4000, "남의 비밀")
    theirs["client"] = new_id()
    add_message(root, stranger.id, theirs["conversation"], role="user", client_message_id=theirs["client"])
    inquiry = {"client_inquiry_id": new_id(), "flow_version": "v", "step_id": "write", "values": {"a": "남의 비밀"}}
    theirs["inquiry"] = add_row(
        root,
        "chat_inquiries",
        {**inquiry, "user_id": stranger.id, "conversation_id": theirs["conversation"], "message_id": theirs["message"]},
    )["id"]
    add_message(root, thief.id, own)
    root.execute("analyze")
    return theirs, {name: own if name == "own" else new_id() for name in theirs}


def ask(client: httpx.Client, name: str, ids: dict[str, str]) -> httpx.Response:
    filled = ALIKE[name].filled({**ids, "new": new_id()})
    return client.request(filled.method, filled.path, params=filled.params, json=filled.body, headers=filled.headers)


def told(answer: httpx.Response) -> tuple[Any, ...]:
    """All that an answer tells, but for the ids that were asked for."""
    headers = {name: value for name, value in answer.headers.items() if name not in {"date", "content-length"}}
    return answer.status_code, *(
        re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", text) for text in (answer.text, str(headers))
    )


@pytest.mark.parametrize("name", ALIKE)
def test_a_strangers_row_and_none_are_told_alike(
    client: httpx.Client, ids: tuple[dict[str, str], ...], name: str
) -> None:
    theirs, nobodys = (told(ask(client, name, one)) for one in ids)
    assert theirs == nobodys
    assert theirs[0] < 500


@pytest.mark.parametrize("name", CLOSED)
def test_what_the_database_thinks_of_all_rows_is_closed(client: httpx.Client, name: str) -> None:
    asked = CLOSED[name]
    answer = client.request(
        asked.method, asked.path, params=asked.params, json=asked.body, headers={**client.headers, **asked.headers}
    )
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.text[:200])
    assert "content-range" not in answer.headers


def test_the_service_may_ask_the_planner(stack: LocalStack, ids: tuple[dict[str, str], ...]) -> None:
    with rest(stack, secret=True) as service:
        answer = service.get("/chat_messages", params={"limit": "1"}, headers={"Prefer": "count=planned"})
    assert answer.status_code in {200, 206}


def test_nothing_is_known_of_what_rows_hold(root: Connection[Any], ids: tuple[dict[str, str], ...]) -> None:
    # As autovacuum does it, after the rows above.
    root.execute("analyze")
    known = root.execute(
        "select tablename || '.' || attname from pg_stats where schemaname = 'public' and tablename = any(%s)",
        [list(TABLES)],
    ).fetchall()
    assert known == []


@pytest.mark.parametrize("table", TABLES)
def test_an_estimate_is_the_same_for_everybodys_rows(
    root: Connection[Any], thief: Member, ids: tuple[dict[str, str], ...], table: str
) -> None:
    """Past the refusal, too: a project may do without it."""
    column = "id" if table == "chat_conversations" else "conversation_id"
    wheres = [f"{column} = '{one['conversation']}'" for one in ids] + [f"user_id = '{one['user']}'" for one in ids]
    with root.transaction(), persona(root, "authenticated", thief.id):
        plans = [plan(root, f"select * from public.{table} where {where}") for where in wheres]
        if table == "chat_messages":
            plans += [plan(root, f"select * from public.{table} where content < '{letter}'") for letter in "a남힣"]
    assert plans[0] == plans[1]
    assert plans[2] == plans[3]
    assert len({repr(one) for one in plans[4:]}) <= 1


def plan(db: Connection[Any], query: str) -> dict[str, Any]:
    """What the planner would do and what it expects, without the values that were asked for."""
    told = db.execute(f"explain (format json) {query}").fetchone()[0][0]["Plan"]
    return {
        name: value for name, value in told.items() if name in {"Node Type", "Index Name", "Plan Rows", "Total Cost"}
    }


@pytest.mark.parametrize("order", ["", "order by id limit 1", "order by in_reply_to limit 1", "order by created_at"])
def test_no_rows_of_a_stranger_are_walked(
    root: Connection[Any], thief: Member, ids: tuple[dict[str, str], ...], order: str
) -> None:
    """Time follows work, and work can be counted: the pages that a question touches."""
    with root.transaction(), persona(root, "authenticated", thief.id):
        theirs, nobodys = (
            touched(root, f"select * from public.chat_messages where conversation_id = '{one['conversation']}' {order}")
            for one in ids
        )
    # 4,000 messages are over a hundred pages; a page more or less is a path through an index.
    assert abs(theirs - nobodys) <= 3, (theirs, nobodys)


# So many that a walk through all of them would look cheap to the planner.
CROWD = 50_000


def test_no_order_leads_through_everybodys_rows(
    root: Connection[Any], thief: Member, new_member: Callable[[], Member]
) -> None:
    """In the order of any index, for the first row alone: only the owner's are looked at, and they are few."""
    stranger = new_member().id
    asked = [
        f"select * from public.{row[0]} order by {row[1]} limit 1"
        for row in root.execute(
            """
            select c.relname, (
              select string_agg(pg_get_indexdef(i.indexrelid, n, true) || direction, ', ' order by n)
              from generate_series(1, i.indnkeyatts) n
            )
            from pg_index i join pg_class c on c.oid = i.indrelid, unnest(array['', ' desc']) direction
            where c.oid = any (%s::regclass[])
            """,
            [[f"public.{table}" for table in TABLES]],
        )
    ]
    with root.transaction(force_rollback=True):
        # No triggers: nothing but numbers is wanted.
        root.execute("set local session_replication_role = replica")
        root.execute(
            "insert into public.chat_conversations (user_id) select %s from generate_series(1, %s)", [stranger, CROWD]
        )
        root.execute(
            """
            insert into public.chat_messages (conversation_id, user_id, seq, role, kind, content)
            select c.id, c.user_id, 1, 'bot', 'text', '' from public.chat_conversations c where c.user_id = %s
            """,
            [stranger],
        )
        root.execute(
            """
            insert into public.chat_conversation_reads (conversation_id, user_id, last_read_seq)
            select c.id, c.user_id, 1 from public.chat_conversations c where c.user_id = %s
            """,
            [stranger],
        )
        root.execute(
            """
            insert into public.chat_inquiries (client_inquiry_id, flow_version, step_id, values)
            select gen_random_uuid(), 'v', 'write', '{}' from generate_series(1, %s)
            """,
            [CROWD],
        )
        root.execute("analyze")
        with persona(root, "authenticated", thief.id):
            walked = {query: pages for query in asked if (pages := touched(root, query)) > 100}
    assert len(asked) > 2 * len(TABLES)
    assert walked == {}


def touched(db: Connection[Any], query: str) -> int:
    # The first run reads the catalog for the plan as well.
    for _ in range(2):
        told = db.execute(f"explain (analyze, buffers, format json) {query}").fetchone()[0][0]["Plan"]
    return int(told["Shared Hit Blocks"] + told["Shared Read Blocks"])


TIMED = (
    "messages of a conversation",
    "conversations in the view",
    "counted exactly",
    "page",
    "preview",
    "mark",
    "send",
)


@pytest.mark.parametrize("name", TIMED)
def test_an_answer_takes_as_long_for_what_a_stranger_has(
    client: httpx.Client, ids: tuple[dict[str, str], ...], name: str
) -> None:
    """Pairs in random order: where nothing but chance decides, either is the slower one about as often."""
    slower, chance = 0, random.Random(name)
    for _ in range(PAIRS):
        took = {}
        for which in chance.sample((0, 1), 2):
            began = time.perf_counter()
            ask(client, name, ids[which])
            took[which] = time.perf_counter() - began
        slower += took[0] > took[1]
    # Five standard deviations: once in two million runs by chance.
    assert abs(slower - PAIRS / 2) <= 5 * PAIRS**0.5 / 2
