"""What `make run` makes for an inbox that nobody has used: once, of every kind, in the past, never among one's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg import Connection
from psycopg.rows import dict_row

from scripts.local import LocalStack
from scripts.local.demo import OPERATORS
from scripts.local.morning.seed import seed
from scripts.local.morning.wanted import is_wanted
from scripts.local.paths import MIGRATIONS
from scripts.local.scratch import scratch_database
from tests.db.chats import add_conversation, everything
from tests.db.desk import Operator, add_operator
from tests.stack import add_user

OUT_OF_PLACE = """
select m.id from public.chat_messages m
join public.chat_messages n on n.conversation_id = m.conversation_id and n.seq = m.seq + 1
where n.created_at < m.created_at
union all select id from public.chat_messages where created_at >= now() or answered_at < created_at
union all select id from public.chat_activities where created_at >= now()
union all select id from public.chat_notes where created_at >= now()
union all select id from public.chat_conversations where created_at >= now() or last_message_at < created_at
union all select conversation_id from public.chat_desk where waiting_since >= now() or assigned_at >= now()
"""


@contextmanager
def database(stack: LocalStack) -> Iterator[tuple[str, dict[str, Operator]]]:
    """A database in which the demo's operators are, and nobody has said anything."""
    with scratch_database(stack.db_url, migrations=MIGRATIONS) as url:
        team = {}
        with psycopg.connect(url) as db:
            for email, (role, name) in OPERATORS.items():
                team[role] = add_operator(db, role, name)
                db.execute("update auth.users set email = %s where id = %s", [email, team[role].user])
        yield url, team


@pytest.fixture(scope="module")
def told(stack: LocalStack) -> Iterator[tuple[Connection[Any], str, dict[str, Operator]]]:
    """A database to which the morning was told."""
    with database(stack) as (url, team):
        assert seed(url)
        with psycopg.connect(url, autocommit=True, row_factory=dict_row) as db:
            yield db, url, team


def test_every_view_of_both_has_something(told: tuple[Connection[Any], str, dict[str, Operator]]) -> None:
    db, _, team = told
    for role, views in {
        "agent": ("waiting", "mine", "unassigned", "open", "bot", "snoozed", "completed", "all"),
        "admin": ("waiting", "mine"),
    }.items():
        for view in views:
            found = db.execute("select public.inbox_list(%s, %s) as list", [team[role].user, view]).fetchone()
            assert found, view
            assert found["list"]["conversations"], (role, view)
    counts = {
        name: db.execute(f"select count(*) as n from public.chat_{name}").fetchone()
        for name in ("notes", "labels", "canned_replies", "inquiries")
    }
    assert all(row and row["n"] for row in counts.values()), counts
    rated = db.execute("select count(*) as n from public.chat_conversations where rating is not null").fetchone()
    guests = db.execute("select count(*) as n from public.chat_contacts where is_guest").fetchone()
    assert (rated or {"n": 0})["n"] > 5
    assert (guests or {"n": 0})["n"] >= 3


def test_everything_has_its_moment(told: tuple[Connection[Any], str, dict[str, Operator]]) -> None:
    db, _, team = told
    assert db.execute(OUT_OF_PLACE).fetchall() == []
    figures = db.execute(
        "select public.inbox_figures(%s, now() - interval '14 days', now()) as found", [team["agent"].user]
    ).fetchone()
    assert figures
    first = figures["found"]["first_answers"]
    assert first["answered"] > 10
    assert first["waiting"] == figures["found"]["waiting"]["count"] > 2
    # Nobody counts as there for it, and what somebody has is not given back at once.
    assert db.execute("select online_until from public.chat_team").fetchone() == {"online_until": None}
    assert db.execute("select public.inbox_return_idle(0) as n").fetchone() == {"n": 0}
    # Nor do rules come upon it afterwards.
    assert db.execute("select kind from public.chat_jobs").fetchall() == []


def test_again_it_does_nothing(told: tuple[Connection[Any], str, dict[str, Operator]]) -> None:
    _, url, _ = told
    with psycopg.connect(url) as db:
        before = everything(db)
    assert seed(url) is False
    with psycopg.connect(url) as db:
        assert everything(db) == before


def test_it_is_never_told_among_what_somebody_has_begun(stack: LocalStack) -> None:
    with database(stack) as (url, team), psycopg.connect(url, autocommit=True) as db:
        own = add_conversation(db, add_user(db))
        assert seed(url) is False
        # Nor where it was ended, or a setting changed, nor by operators who were made something else.
        db.execute("delete from public.chat_conversations where id = %s", [own])
        assert seed(url) is False
        db.execute("truncate public.chat_gone")
        with db.transaction(force_rollback=True):
            db.execute("select public.inbox_delete_label(%s, '결제')", [team["admin"].user])
            assert is_wanted(db) is False
        assert is_wanted(db) is True
        db.execute("update public.chat_operators set role = 'agent' where id = %s", [team["admin"].id])
        assert seed(url) is False
        assert db.execute("select count(*) from public.chat_contacts where name is not null").fetchone() == (0,)
