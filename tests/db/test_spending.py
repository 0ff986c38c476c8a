"""What answers cost: set aside once, never more than there is, settled once."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from psycopg import Connection

from scripts.local import LocalStack
from tests.concurrency import at_once
from tests.db.chats import add_conversation, new_id
from tests.stack import Member, connect

NONE_LEFT = {"member_day": (100, 10**6), "project_month": (10**6, 100)}


@pytest.fixture
def db(stack: LocalStack) -> Iterator[Connection[Any]]:
    """A superuser's connection that commits each statement, with nothing spent; about noon, far from any other day."""
    noon = "'Etc/GMT' || to_char(extract(hour from now() at time zone 'UTC') - 12, 'FMSG90')"
    with connect(stack, autocommit=True) as connection:
        connection.execute("delete from public.kb_spending")
        (zone,) = connection.execute("select time_zone from public.chat_team").fetchone()
        connection.execute(f"update public.chat_team set time_zone = {noon}")
        yield connection
        connection.execute("delete from public.kb_spending")
        connection.execute("update public.chat_team set time_zone = %s", [zone])


def reserve(
    db: Connection[Any], key: str, user: str | None, micros: int, day: int = 100, month: int = 100
) -> str | None:
    """Set aside; None, or whose budget does not have it."""
    found = db.execute("select public.kb_reserve(%s, %s, %s, %s, %s)", [key, user, micros, day, month]).fetchone()[0]
    assert found["granted"] is (found["reason"] is None)
    return found["reason"]


def spend(db: Connection[Any], key: str, micros: int) -> bool:
    """Settle; whether it was not before."""
    return bool(db.execute("select public.kb_spend(%s, %s)", [key, micros]).fetchone()[0]["settled"])


@pytest.mark.parametrize("whose", NONE_LEFT)
def test_of_many_at_once_only_those_fit_that_fit(
    whose: str, db: Connection[Any], stack: LocalStack, member: Member
) -> None:
    add_conversation(db, member.id)
    day, month = NONE_LEFT[whose]

    def one() -> str | None:
        with connect(stack, autocommit=True) as own:
            return reserve(own, new_id(), member.id, 30, day, month)

    found = at_once([one] * 8)
    assert sorted(found, key=str) == [None] * 3 + [whose] * 5


def test_the_same_is_set_aside_and_settled_once(db: Connection[Any], member: Member) -> None:
    add_conversation(db, member.id)
    key = new_id()
    assert [reserve(db, key, member.id, 60) for _ in range(3)] == [None] * 3
    assert reserve(db, new_id(), member.id, 60) == "project_month"
    assert [spend(db, key, 10), spend(db, key, 99)] == [True, False]
    # What was not needed is there again.
    assert reserve(db, new_id(), member.id, 60) is None
    assert not spend(db, new_id(), 1)


def test_a_day_is_one_members_and_a_month_everybodys(db: Connection[Any], member: Member, stranger: Member) -> None:
    add_conversation(db, member.id)
    add_conversation(db, stranger.id)
    assert reserve(db, new_id(), member.id, 100, day=100, month=150) is None
    assert reserve(db, new_id(), member.id, 1, day=100, month=150) == "member_day"
    assert reserve(db, new_id(), stranger.id, 50, day=100, month=150) is None
    assert reserve(db, new_id(), None, 1, day=0, month=150) == "project_month"
    # Yesterday's is over today, and still of this month or the one before.
    db.execute("update public.kb_spending set day = day - 1, month = date_trunc('month', day - 1)")
    assert reserve(db, new_id(), member.id, 1, day=100, month=10**6) is None
    db.execute("update public.kb_spending set day = day - 40, month = date_trunc('month', day - 40)")
    assert reserve(db, new_id(), None, 150, month=150) is None


def test_nothing_is_nothing_also_where_it_costs_nothing(db: Connection[Any], member: Member) -> None:
    add_conversation(db, member.id)
    assert reserve(db, new_id(), member.id, 0, day=0) == "member_day"
    assert reserve(db, new_id(), member.id, 0, month=0) == "project_month"
    assert reserve(db, new_id(), member.id, 0, day=1, month=1) is None


def test_who_has_left_takes_their_day_along_and_not_the_month(db: Connection[Any], stack: LocalStack) -> None:
    gone = str(uuid.uuid4())
    assert reserve(db, new_id(), gone, 80) is None
    assert db.execute("select user_id from public.kb_spending").fetchone()[0] is None
    assert reserve(db, new_id(), None, 80) == "project_month"


def test_what_nobody_comes_back_for_counts_as_spent_and_what_is_old_goes(db: Connection[Any]) -> None:
    lost, fresh, old = new_id(), new_id(), new_id()
    for key in (lost, fresh, old):
        assert reserve(db, key, None, 30) is None
    db.execute("update public.kb_spending set created_at = now() - interval '10 minutes' where id = %s", [lost])
    db.execute("update public.kb_spending set day = '2020-01-02', month = '2020-01-01' where id = %s", [old])
    assert db.execute("select public.kb_tidy_spending(300)").fetchone()[0] == {"settled": 1, "gone": 1}
    assert not spend(db, lost, 0)
    assert spend(db, fresh, 0)
    assert reserve(db, new_id(), None, 71) == "project_month"


def test_a_budget_outlives_a_time_zone_that_is_none(db: Connection[Any]) -> None:
    (zone,) = db.execute("select time_zone from public.chat_team").fetchone()
    db.execute("update public.chat_team set time_zone = 'Nowhere/Else'")
    try:
        assert reserve(db, new_id(), None, 1) is None
    finally:
        db.execute("update public.chat_team set time_zone = %s", [zone])
