"""Looking for a name: any part of it, in any way of writing it, by an index."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from scripts.local import LocalStack
from scripts.local.paths import MIGRATIONS
from scripts.local.scratch import scratch_database
from tests.db.desk import Operator, add_operator

FILL = """
    set local session_replication_role = replica;
    insert into public.chat_contacts (id, name, email)
    select md5(n::text)::uuid, v.name || case when n > 3 then n::text else '' end,
      case n when 2 then 'Hong.GilDong@Example.COM' else 'x' || n || '@shop.example' end
    from generate_series(1, 5000) n, lateral (values (
      case n when 1 then '남궁 민수' when 3 then normalize('홍길동', NFD) when 4 then '100%_할인' else '손님' end
    )) v (name);
    insert into public.chat_conversations (id, user_id, channel, created_at, last_message_at)
    select c.id, c.id, 'web', now(), now() from public.chat_contacts c;
    insert into public.chat_desk (conversation_id, last_message_at)
    select c.id, c.last_message_at from public.chat_conversations c;
"""


@pytest.fixture(scope="module")
def named(stack: LocalStack) -> Iterator[tuple[Connection[Any], Operator]]:
    """A database with five thousand contacts, and an operator in it."""
    with scratch_database(stack.db_url, migrations=MIGRATIONS) as url, psycopg.connect(url) as db:
        me = add_operator(db)
        db.execute(FILL)
        db.commit()
        db.autocommit = True
        db.execute("vacuum analyze public.chat_contacts")
        db.execute("analyze")
        db.execute("set role service_role")
        yield db, me


def found(db: Connection[Any], me: Operator, query: str) -> list[int]:
    """The numbers of the contacts that are found."""
    rows = db.execute(
        """
        select array_position(array(select md5(n::text)::uuid from generate_series(1, 5000) n), (one ->> 'id')::uuid)
        from jsonb_array_elements(public.inbox_list(%s, 'all', p_limit => 5, p_query => %s) -> 'conversations') one
        """,
        [me.user, query],
    ).fetchall()
    return sorted(row[0] for row in rows)


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("남궁", [1]), ("궁민", [1]), ("남궁 민", [1]), ("수", [1]), ("민수x1", []), ("홍길", [3]), ("길동", [3]),
        ("gildong", [2]), ("GILDONG@EX", [2]), ("x17@", [17]), ("100%_", [4]), ("궁남", []), ("%", [4]),
        ("남수", []), ("없는 이름", []), ("\\", []), ("'", []),
    ],
)  # fmt: skip
def test_any_part_of_a_name_or_an_address_is_found(
    named: tuple[Connection[Any], Operator], query: str, numbers: list[int]
) -> None:
    assert found(*named, query) == numbers


def test_a_name_is_looked_up_and_not_looked_for(named: tuple[Connection[Any], Operator]) -> None:
    db, me = named
    before = _reads(db)
    for query in ("남궁", "gildong", "아무도"):
        found(db, me, query)
    scans, lookups = (after - then for then, after in zip(before, _reads(db), strict=True))
    assert (scans, lookups) == (0, 3)


def _reads(db: Connection[Any]) -> tuple[int, int]:
    """How often contacts were read from end to end, and how often by the index of parts."""
    db.execute("reset role")
    db.execute("select pg_stat_force_next_flush()")
    row = db.execute(
        "select t.seq_scan, i.idx_scan from pg_stat_user_tables t join pg_stat_user_indexes i using (relid)"
        " where t.relname = 'chat_contacts' and i.indexrelname = 'chat_contacts_parts_idx'"
    ).fetchone()
    db.execute("set role service_role")
    assert row is not None
    return row[0], row[1]
