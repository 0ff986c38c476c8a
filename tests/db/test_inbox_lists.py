"""Lists of the inbox: what each view shows, and that it costs the same among a hundred thousand conversations."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import Connection
from psycopg.types.json import Jsonb

from scripts.local import LocalStack
from scripts.local.paths import MIGRATIONS
from scripts.local.scratch import scratch_database
from tests.db.desk import Operator, add_operator
from tests.stack import add_user

VIEWS = ("waiting", "mine", "unassigned", "open", "bot", "snoozed", "completed", "all")
# Past the triggers: a conversation of each kind in turn, the rarest behind all others. A hundred are mine.
FILL = """
    set local session_replication_role = replica;
    insert into public.chat_contacts (id, user_id, email) values ('{user}', '{user}', 'many@example.com');
    insert into public.chat_conversations (id, user_id, status, handling, channel, created_at, last_message_at)
    select md5(n::text)::uuid, '{user}',
      case when n % 10 < 5 then 'completed' else 'open' end,
      case when n % 10 < 8 then 'bot' when n % 100 = 98 then 'waiting' else 'agent' end,
      case when n = 99999 then 'shop' else 'web' end,
      now() - n * interval '1 minute', now() - n * interval '1 minute'
    from generate_series(1, 100000) n;
    insert into public.chat_desk (
      conversation_id, status, handling, channel, last_message_at, assignee_id, waiting_since, snoozed_until
    )
    select c.id, c.status, c.handling, c.channel, c.last_message_at,
      case
        when n % 1000 = 499 or n > 99000 and n % 10 = 9 then '{me}'::uuid
        when n % 10 = 9 and n % 100 <> 9 then '{other}'::uuid
      end,
      case when c.handling = 'waiting' then c.last_message_at end,
      case when n % 200 = 98 then now() + interval '1 day' when n % 200 = 8 then now() - interval '1 day' end
    from generate_series(1, 100000) n join public.chat_conversations c on c.id = md5(n::text)::uuid;
    insert into public.chat_labels (name) values ('드문 것'), ('häufig');
    insert into public.chat_conversation_labels (conversation_id, label_id)
    select c.id, l.id from public.chat_labels l, public.chat_conversations c
    where l.name = 'häufig' and c.id < '80000000-0000-0000-0000-000000000000';
    insert into public.chat_activities (type, actor_kind, created_at)
    select case when n <= 100 then 'settings.changed' else 'inquiry.submitted' end, 'guest', now() + n * interval '1 s'
    from generate_series(1, 20000) n;
    insert into public.chat_conversation_labels (conversation_id, label_id)
    select md5(n::text)::uuid, l.id from public.chat_labels l, unnest(array[99990, 99993]) n where l.name = '드문 것';
"""


@pytest.fixture(scope="module")
def full(stack: LocalStack) -> Iterator[tuple[Connection[Any], Operator]]:
    """A database with a hundred thousand conversations, and an operator in it."""
    with scratch_database(stack.db_url, migrations=MIGRATIONS) as url, psycopg.connect(url) as db:
        me, other = add_operator(db, "admin"), add_operator(db)
        db.execute(FILL.format(user=add_user(db), me=me.id, other=other.id))
        db.commit()
        db.autocommit = True
        db.execute("vacuum analyze public.chat_desk")
        db.execute("analyze")
        db.execute("set role service_role")
        yield db, me


def ask(db: Connection[Any], me: Operator, view: str, **params: Any) -> dict[str, Any]:
    named = "".join(f", p_{name} => %({name})s" for name in params)
    values = {name: Jsonb(value) if isinstance(value, dict) else value for name, value in params.items()}
    return db.execute(
        f"select public.inbox_list(%(user)s, %(view)s{named})", {"user": me.user, "view": view, **values}
    ).fetchone()[0]


def wanted(db: Connection[Any], me: Operator, view: str) -> list[str]:
    """What a view is, said otherwise: every conversation looked at."""
    rows = db.execute(
        "select d.conversation_id::text, c.status, c.handling, d.assignee_id::text,"
        " coalesce(d.snoozed_until > now(), false)"
        " from public.chat_desk d join public.chat_conversations c on c.id = d.conversation_id"
        f" order by {'d.waiting_since, d.conversation_id' if view == 'waiting' else 'd.last_message_at desc, 1 desc'}"
    ).fetchall()
    of_people = [row for row in rows if row[1] == "open" and row[2] != "bot" and not row[4]]
    return [
        row[0]
        for row in {
            "waiting": [row for row in of_people if row[2] == "waiting"],
            "mine": [row for row in of_people if row[3] == me.id],
            "unassigned": [row for row in of_people if row[3] is None],
            "open": of_people,
            "bot": [row for row in rows if row[1] == "open" and row[2] == "bot"],
            "snoozed": [row for row in rows if row[1] == "open" and row[4]],
            "completed": [row for row in rows if row[1] == "completed"],
            "all": rows,
        }[view]
    ]


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_shows_what_it_is_and_counts_to_a_hundred(full: tuple[Connection[Any], Operator], view: str) -> None:
    db, me = full
    all_of_it = wanted(db, me, view)
    first = ask(db, me, view, limit=60)
    second = ask(db, me, view, limit=60, before=first["next"])
    shown = [row["id"] for page in (first, second) for row in page["conversations"]]
    assert shown == all_of_it[:120]
    assert (first["has_more"], second["has_more"]) == (True, len(all_of_it) > 120)
    assert first["counts"][view] == min(len(all_of_it), 100)


def test_the_last_page_ends_it(full: tuple[Connection[Any], Operator]) -> None:
    db, me = full
    seen: list[str] = []
    page = ask(db, me, "mine", limit=33)
    while True:
        seen += [row["id"] for row in page["conversations"]]
        if not page["has_more"]:
            break
        page = ask(db, me, "mine", limit=33, before=page["next"])
    assert page["next"] is None
    assert seen == wanted(db, me, "mine")


FILTERS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "a channel": {"channel": "shop"},
    "a label": {"label": "드문 것"},
    "a label of many": {"label": "häufig"},
    "a label that is none": {"label": "-"},
    "an operator": {"assignee": True},
    "a page far behind": {"before": {"at": "2026-09-25T00:00:00Z", "id": "00000000-0000-4000-8000-000000000000"}},
}


@pytest.mark.parametrize("what", FILTERS)
@pytest.mark.parametrize("view", VIEWS)
def test_it_walks_an_index_and_stops(full: tuple[Connection[Any], Operator], view: str, what: str) -> None:
    db, me = full
    seen = _tables_read(db)
    values = {"user": me.user, "view": view, "label": None, "channel": None, "before": None, **FILTERS[what]}
    values["before"] = values["before"] and Jsonb(values["before"])
    values["assignee"] = values.get("assignee") and me.id
    plan = db.execute(
        "explain (analyze, buffers, format json) select public.inbox_list("
        "%(user)s, %(view)s, %(assignee)s, %(label)s, %(channel)s, 10, %(before)s)", values,
    ).fetchone()[0][0]  # fmt: skip
    buffers = plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]
    # A page of ten, eight counts to a hundred, and what planning reads: a walk of the whole desk takes over a hundred
    # thousand.
    assert buffers < 5000, buffers
    scanned, rows = (after - before for before, after in zip(seen, _tables_read(db), strict=True))
    assert scanned == 0
    assert rows < 4000


def _tables_read(db: Connection[Any]) -> tuple[int, int]:
    """How often the desk and conversations were read from end to end, and how many rows an index led to."""
    db.execute("reset role")
    db.execute("select pg_stat_force_next_flush()")
    found = db.execute(
        "select sum(seq_scan)::bigint, sum(coalesce(idx_tup_fetch, 0))::bigint from pg_stat_user_tables"
        " where relname in ('chat_desk', 'chat_conversations')"
    ).fetchone()
    db.execute("set role service_role")
    return int(found[0]), int(found[1])


def test_the_audit_passes_by_guests_forms(full: tuple[Connection[Any], Operator]) -> None:
    db, me = full
    plan = db.execute(
        "explain (analyze, buffers, format json) select public.inbox_audit(%s, 50)", [me.user]
    ).fetchone()[0][0]  # fmt: skip
    assert plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"] < 300


def test_a_feed_among_many_looks_at_what_changed(full: tuple[Connection[Any], Operator]) -> None:
    db, me = full
    cursor = db.execute("select public.live_feed() ->> 'cursor'").fetchone()[0]
    changed = ask(db, me, "mine", limit=3)["conversations"]
    for row in changed:
        db.execute("select public.inbox_touch(%s)", [row["id"]])
    plan = db.execute("explain (analyze, buffers, format json) select public.live_feed(%s)", [cursor]).fetchone()[0][0]
    assert plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"] < 200
    feed = db.execute("select public.live_feed(%s)", [cursor]).fetchone()[0]
    assert {row["id"] for row in feed["changed"]} == {row["id"] for row in changed}
