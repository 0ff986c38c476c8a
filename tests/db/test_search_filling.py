"""What is searched in is filled behind what is written: whole, once, whatever happens; and what goes is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from scripts.local import LocalStack
from scripts.local.paths import MIGRATIONS
from tests.concurrency import until
from tests.databases import copied_database
from tests.db.chats import add_row, new_id
from tests.db.desk import add_operator
from tests.db.searched import Customer, Searching, fill, one_round

Open = Callable[[], Connection[Any]]


@pytest.fixture(scope="module")
def url(stack: LocalStack) -> Iterator[str]:
    """A database of one's own."""
    with copied_database(stack.db_url, migrations=MIGRATIONS) as made:
        yield made


@pytest.fixture
def opened(url: str) -> Iterator[Open]:
    """Connections that commit each statement unless they are in a transaction."""
    made: list[Connection[Any]] = []

    def connection() -> Connection[Any]:
        made.append(psycopg.connect(url, autocommit=True))
        return made[-1]

    yield connection
    for one in made:
        one.close()


@pytest.fixture
def db(opened: Open) -> Connection[Any]:
    return opened()


@pytest.fixture
def searching(db: Connection[Any]) -> Searching:
    return Searching(db, add_operator(db))


def rows(db: Connection[Any], customer: Customer) -> list[tuple[str, int]]:
    """Kind and number of what is there of somebody."""
    return db.execute(
        "select kind, count(*) from public.chat_search where conversation_id = %s or contact_id = %s"
        " group by 1 order by 1",
        [customer.conversation, customer.id],
    ).fetchall()


def add_note(searching: Searching, customer: Customer, text: str) -> str:
    note = {"conversation_id": customer.conversation, "client_note_id": new_id(), "operator_id": searching.operator.id}
    return add_row(searching.db, "chat_notes", {**note, "content": text})["id"]


def test_what_is_written_is_found_after_the_next_round(db: Connection[Any], searching: Searching) -> None:
    customer = Customer.begin(db)
    first = customer.say("물고기 하나")
    assert searching.page("물고기")["state"]["behind_seconds"] != 0
    assert searching.ids("물고기") == []
    fill(db)
    assert searching.ids("물고기") == [first]
    assert searching.page("물고기")["state"] == {"is_complete": True, "behind_seconds": 0}
    second = customer.say("물고기 둘")
    assert one_round(db)["indexed"] == 1
    assert searching.ids("물고기") == [second, first]
    assert one_round(db) == {"indexed": 0, "has_more": False}


def test_what_commits_late_is_not_passed_over(db: Connection[Any], opened: Open, searching: Searching) -> None:
    late, quick = Customer.begin(db), Customer.begin(db)
    writer = opened()
    with writer.transaction():
        # It begins before the others, and is there after them.
        said = Customer(writer, late.id, late.conversation).say("느림보 하나")
        quick.say("느림보 둘")
        fill(db)
        assert len(searching.ids("느림보")) == 1
    fill(db)
    assert said in searching.ids("느림보")


def test_what_a_note_said_is_found_no_more_once_it_is_changed(
    db: Connection[Any], opened: Open, searching: Searching
) -> None:
    customer = Customer.begin(db)
    note = add_note(searching, customer, "보라색 봉투")
    fill(db)
    assert searching.ids("보라색") == [note]
    editor = opened()
    with editor.transaction():
        editor.execute("update public.chat_notes set content = '초록색 봉투' where id = %s", [note])
        # A round that runs meanwhile waits for nobody, and takes up nothing that will not be so.
        one_round(db)
    assert searching.ids("보라색") == []
    fill(db)
    assert searching.ids("보라색") == []
    assert searching.ids("초록색") == [note]
    db.execute("delete from public.chat_notes where id = %s", [note])
    assert searching.ids("초록색") == []


def test_a_contact_is_found_by_what_it_is_called_now(db: Connection[Any], searching: Searching) -> None:
    customer = Customer.begin(db)
    db.execute("update public.chat_contacts set name = '독고영재' where id = %s", [customer.id])
    fill(db)
    assert searching.ids("독고영재") == [customer.id]
    db.execute("update public.chat_contacts set name = '황보라' where id = %s", [customer.id])
    assert searching.ids("독고영재") == []
    fill(db)
    assert searching.ids("황보라") == [customer.id]
    # What is not looked for changes nothing.
    db.execute("update public.chat_contacts set last_seen_at = now() where id = %s", [customer.id])
    assert searching.ids("황보라") == [customer.id]


@pytest.mark.parametrize(
    "statement",
    [
        "delete from public.chat_conversations where id = %(conversation)s",
        "delete from auth.users where id = %(user)s",
    ],
)
def test_what_is_erased_is_found_no_more_at_once(db: Connection[Any], searching: Searching, statement: str) -> None:
    customer = Customer.begin(db)
    customer.say("비밀스러운 말")
    add_note(searching, customer, "비밀스러운 쪽지")
    customer.ask({"title": "비밀스러운 문의"})
    fill(db)
    assert len(searching.ids("비밀스러운")) == 3
    db.execute(statement, {"conversation": customer.conversation, "user": customer.id})
    assert searching.ids("비밀스러운") == []
    assert searching.ids("비밀스러운", "best") == []
    assert [kind for kind, _ in rows(db, customer)] in ([], ["contact"])


def test_two_workers_write_nothing_twice(db: Connection[Any], opened: Open, searching: Searching) -> None:
    customer = Customer.begin(db)
    said = [customer.say(f"쌍둥이 {number}") for number in range(40)]
    workers = [opened() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda worker: [one_round(worker, 1) for _ in range(10)], workers))
    fill(db)
    assert searching.ids("쌍둥이") == said[::-1]
    assert dict(rows(db, customer)) == {"contact": 1, "message": 40}


def test_a_worker_that_is_killed_leaves_nothing_half_done(
    db: Connection[Any], opened: Open, searching: Searching
) -> None:
    customer = Customer.begin(db)
    said = customer.say("끊긴 말")
    worker = opened()
    worker.autocommit = False
    worker.execute("set local role service_role")
    assert worker.execute("select public.search_fill()").fetchone()[0]["indexed"] > 0
    # Meanwhile another one has nothing to do, and waits for nobody.
    assert one_round(db) == {"indexed": 0, "has_more": False}
    db.execute("select pg_terminate_backend(%s)", [worker.info.backend_pid])
    assert searching.ids("끊긴") == []
    until(lambda: one_round(db)["indexed"] > 0)
    fill(db)
    assert searching.ids("끊긴") == [said]


def test_what_somebody_holds_is_left_for_the_next_round(
    db: Connection[Any], opened: Open, searching: Searching
) -> None:
    held, free = Customer.begin(db), Customer.begin(db)
    first, second = held.say("붙잡힌 말"), free.say("붙잡힌 말 아님")
    holder = opened()
    with holder.transaction():
        # As an erasure does, before it deletes.
        holder.execute("select from public.chat_conversations where id = %s for update", [held.conversation])
        for _ in range(3):
            one_round(db)
        assert searching.ids("붙잡힌") == [second]
        assert searching.page("붙잡힌")["state"]["behind_seconds"] is not None
    fill(db)
    assert searching.ids("붙잡힌") == [second, first]


def test_history_is_taken_up_in_bounded_rounds(db: Connection[Any], searching: Searching) -> None:
    customers = [Customer.begin(db) for _ in range(12)]
    said = {customer.say(f"옛날 이야기 {number}") for customer in customers for number in range(10)}
    add_note(searching, customers[0], "옛날 쪽지")
    guests = {"client_inquiry_id": new_id(), "flow_version": "test", "step_id": "write", "from_guest": True}
    add_row(db, "chat_inquiries", {**guests, "values": {"title": "옛날 문의"}})
    fill(db)
    # As before the first round ever.
    db.execute("truncate public.chat_search, public.chat_search_due")
    db.execute("update public.chat_search_state set branch = null, seen = null, filled_to = null, filled_at = null")
    most = 0
    later = ""
    for number in range(200):
        done = one_round(db, 20)
        most = max(most, done["indexed"])
        if number == 2:
            assert searching.page("옛날")["state"]["is_complete"] is False
            # What is written meanwhile does not wait until the end.
            later = customers[0].say("옛날 아닌 새말")
        if number == 4:
            assert searching.ids("새말") == [later]
        if not done["has_more"]:
            break
    # One conversation more than was asked for, at most.
    assert most <= 20 + 50
    assert searching.page("옛날")["state"] == {"is_complete": True, "behind_seconds": 0}
    assert said | {later} <= set(searching.ids("옛날", kind="message", limit=200))
    assert len(searching.ids("옛날", limit=200)) == len(said) + 3


def test_after_a_restored_backup_all_is_looked_at_again(db: Connection[Any], searching: Searching) -> None:
    customer = Customer.begin(db)
    said = customer.say("되돌린 말")
    fill(db)
    db.execute("delete from public.chat_search where conversation_id = %s", [customer.conversation])
    db.execute("update public.chat_search_state set branch = 'another'")
    fill(db)
    assert searching.ids("되돌린") == [said]
    assert dict(rows(db, customer)) == {"contact": 1, "message": 1}


def test_words_are_counted_when_enough_is_new(db: Connection[Any]) -> None:
    customer = Customer.begin(db)
    for _ in range(10):
        customer.say("흔하디흔한 말")
    fill(db)
    db.execute("update public.chat_search_state set counted = 0")
    db.execute("set role service_role")
    assert db.execute("select public.search_count()").fetchone()[0]["words"] > 0
    assert db.execute("select public.search_count()").fetchone()[0]["words"] == 0
    shares = dict(db.execute("select word, share from public.chat_search_words").fetchall())
    assert 0 < shares["흔하"] <= 1
    assert shares["흔하"] > shares.get("물고", 0)
