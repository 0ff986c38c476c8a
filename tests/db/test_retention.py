"""Old inquiries of guests go, and nothing else does."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from scripts import retention
from scripts.local import LocalStack
from scripts.local.paths import MIGRATIONS
from tests.databases import copied_database
from tests.db.chats import add_conversation
from tests.stack import add_user


@pytest.fixture(scope="module")
def url(stack: LocalStack) -> Iterator[str]:
    """A database of our own: what the command deletes, it deletes for good."""
    with copied_database(stack.db_url, migrations=MIGRATIONS) as made:
        yield made


@pytest.fixture
def kept(url: str) -> Iterator[Connection[Any]]:
    """A connection to it, with no inquiries there yet."""
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("delete from public.chat_inquiries")
        yield db


def add(db: Connection[Any], days: float, *, owner: str | None = None, status: str = "done", count: int = 1) -> None:
    """Insert inquiries that are `days` old."""
    db.execute(
        """
        insert into public.chat_inquiries
          (client_inquiry_id, user_id, flow_version, step_id, values, status, created_at, done_at)
        select gen_random_uuid(), %s, 'v', 'write', '{"email": "guest@example.com"}', %s, now() - %s,
          case when %s = 'done' then now() end
        from generate_series(1, %s)
        """,
        [owner, status, timedelta(days=days), status, count],
    )


def left(db: Connection[Any]) -> list[tuple[bool, int]]:
    """Return of each inquiry whether it is a member's, and its age in days."""
    rows = db.execute(
        "select user_id is not null, extract(day from now() - created_at)::int from public.chat_inquiries order by 1, 2"
    )
    return rows.fetchall()


def run(url: str, *arguments: str) -> int:
    return retention.main(["--database-url", url, *arguments])


def test_without_apply_it_only_counts(kept: Connection[Any], url: str, capsys: pytest.CaptureFixture[str]) -> None:
    add(kept, 400, count=2)
    add(kept, 500, status="new")
    add(kept, 400, owner=add_user(kept), status="new")
    assert run(url) == 0
    assert len(left(kept)) == 4
    said = capsys.readouterr().out
    assert "3 inquiries of guests" in said
    assert "1 of them were never marked as done" in said
    assert "Nothing was deleted" in said


def test_only_old_ones_of_guests_go(kept: Connection[Any], url: str) -> None:
    member = add_user(kept)
    add(kept, 400, owner=member)
    add(kept, 366)
    add(kept, 366, status="new")
    add(kept, 364)
    add(kept, 0)
    assert run(url, "--apply") == 0
    assert left(kept) == [(False, 0), (False, 364), (True, 400)]


def test_another_age(kept: Connection[Any], url: str) -> None:
    add(kept, 40)
    add(kept, 20)
    assert run(url, "--older-than", "30d", "--apply") == 0
    assert left(kept) == [(False, 20)]


def test_batches_are_transactions_of_their_own(kept: Connection[Any]) -> None:
    add(kept, 400, count=25)
    found = retention.find(kept, timedelta(days=365))
    assert found.inquiries == 25
    batches = retention.delete(kept, found.before, 10)
    assert next(batches) == 10
    assert len(left(kept)) == 15
    assert list(batches) == [10, 5]


def test_a_row_that_somebody_holds_is_left_for_the_next_time(kept: Connection[Any], url: str) -> None:
    add(kept, 400, count=3)
    with psycopg.connect(url) as operator:
        operator.execute("select 1 from public.chat_inquiries limit 1 for update")
        assert run(url, "--apply") == 0
        assert len(left(kept)) == 1
    assert run(url, "--apply") == 0
    assert left(kept) == []


@pytest.mark.parametrize("arguments", [["--older-than", "0d"], ["--older-than", "1y"], ["--batch", "0"], ["--no-such"]])
def test_wrong_use_is_told_and_nothing_is_tried(url: str, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        run(url, *arguments)
    assert refused.value.code == 2


def test_no_database_is_wrong_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scripts.local.envfile.configured", lambda: {"SUPABASE_URL": "https://example.supabase.co"})
    assert retention.main([]) == 2


def test_a_database_that_does_not_answer_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    password = uuid.uuid4().hex
    assert run(f"postgresql://postgres:{password}@127.0.0.1:9/postgres") == 1
    assert password not in capsys.readouterr().err


def test_a_url_that_is_none_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("no url at all") == 2
    assert "no url" not in capsys.readouterr().err


def add_guest(db: Connection[Any], days: float, *, is_anonymous: bool = True) -> str:
    """Insert the account of a guest's session that is `days` old."""
    user = add_user(db)
    db.execute(
        "update auth.users set is_anonymous = %s, created_at = now() - %s, email = null where id = %s",
        [is_anonymous, timedelta(days=days), user],
    )
    return user


def accounts(db: Connection[Any], *among: str) -> set[str]:
    """Return which of these accounts there are still."""
    found = db.execute("select id::text from auth.users where id = any(%s::uuid[])", [list(among)])
    return {row[0] for row in found}


def test_old_accounts_of_guests_go_when_nothing_is_in_them(
    kept: Connection[Any], url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new, talked, named = (
        add_guest(kept, 31), add_guest(kept, 29), add_guest(kept, 400), add_guest(kept, 400, is_anonymous=False),
    )  # fmt: skip
    conversation = add_conversation(kept, talked)
    # What a claim leaves behind where the account could not be removed.
    claimed = add_guest(kept, 31)
    kept.execute(
        "insert into public.chat_contacts (id, user_id, blocked_at) values (%s, %s, now())", [claimed, claimed]
    )
    everybody = (old, new, talked, named, claimed)
    assert run(url) == 0
    assert "2 accounts of guests" in capsys.readouterr().out
    assert accounts(kept, *everybody) == set(everybody)
    assert run(url, "--apply", "--batch", "1") == 0
    assert "Deleted 2 accounts." in capsys.readouterr().out
    assert accounts(kept, *everybody) == {new, talked, named}
    assert run(url, "--apply", "--guests-older-than", "28d") == 0
    assert accounts(kept, *everybody) == {talked, named}
    assert kept.execute("select user_id::text from public.chat_conversations where id = %s", [conversation]).fetchone()


@pytest.mark.parametrize("has_contact", [False, True])
def test_an_account_whose_guest_comes_back_at_this_moment_stays(
    kept: Connection[Any], url: str, has_contact: bool
) -> None:
    guest, other = add_guest(kept, 31), add_guest(kept, 31)
    if has_contact:
        kept.execute("insert into public.chat_contacts (id, user_id) values (%s, %s)", [guest, guest])
    with psycopg.connect(url) as browser:
        conversation = add_conversation(browser, guest)
        assert run(url, "--apply") == 0
    assert accounts(kept, guest, other) == {guest}
    assert kept.execute("select 1 from public.chat_conversations where id = %s", [conversation]).fetchone() == (1,)


def test_a_conversation_that_was_begun_after_the_count_keeps_its_account(kept: Connection[Any], url: str) -> None:
    guest = add_guest(kept, 31)
    with psycopg.connect(url) as other, other.transaction():
        held = other.execute(retention._HOLD_ACCOUNTS, [datetime.now(UTC) - timedelta(days=30), uuid.UUID(int=0), 9])
        assert guest in {str(row[0]) for row in held}
        with psycopg.connect(url) as browser:
            browser.execute("set lock_timeout = '200ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                add_conversation(browser, guest)
