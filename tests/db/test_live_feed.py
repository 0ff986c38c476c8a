"""The live feed: every change exactly once, by commit, whoever is slow; and a cursor that means nothing is said to."""

import random
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from psycopg import Connection

from scripts.local import LocalStack
from tests.db.calls import call
from tests.db.chats import add_conversation, add_message, new_id
from tests.db.desk import Desk, Operator, add_operator
from tests.stack import Member, connect

WRITERS, ROUNDS = 8, 25


class Reader:
    """Asks the feed again and again, as a hub does; beside a control, which asks for what is newer than what it saw."""

    def __init__(self, db: Connection[Any]) -> None:
        self._db = db
        self.cursor = self.ask()["cursor"]
        self.newest = self._control_now()
        self.seen: list[str] = []
        self.control: set[str] = set()

    def ask(self, cursor: str | None = None) -> dict[str, Any]:
        return self._db.execute("select public.live_feed(%s)", [cursor]).fetchone()[0]

    def read(self) -> None:
        feed = self.ask(self.cursor)
        assert feed["resync"] is False
        self.cursor = feed["cursor"]
        self.seen += [row["id"] for row in feed["changed"]]
        found = self._db.execute(
            "select conversation_id::text, cx::text::bigint from public.chat_desk where cx > %s::text::xid8",
            [str(self.newest)],
        ).fetchall()
        self.control |= {row[0] for row in found}
        self.newest = max([self.newest, *(row[1] for row in found)])

    def _control_now(self) -> int:
        return int(self._db.execute("select coalesce(max(cx::text::bigint), 3) from public.chat_desk").fetchone()[0])


@pytest.fixture
def reader(root: Connection[Any]) -> Reader:
    return Reader(root)


@pytest.fixture
def somebody(root: Connection[Any]) -> Operator:
    return add_operator(root)


def test_eight_writers_and_nothing_is_lost_or_told_twice(
    root: Connection[Any], stack: LocalStack, member: Member, reader: Reader
) -> None:
    committed: set[str] = set()
    undone: set[str] = set()

    def write(number: int) -> None:
        rest = random.Random(number)
        with connect(stack) as db:
            for _ in range(ROUNDS):
                one = add_conversation(db, member.id)
                time.sleep(rest.uniform(0, 0.02))
                db.execute("savepoint part")
                other = add_conversation(db, member.id)
                db.execute("select public.inbox_touch(%s)", [one])
                if rest.random() < 0.5:
                    db.execute("rollback to savepoint part")
                    other = None
                if rest.random() < 0.3:
                    db.rollback()
                    undone.update({one, other} - {None})
                else:
                    db.commit()
                    committed.update({one, other} - {None})

    threads = [threading.Thread(target=write, args=[number]) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        reader.read()
    reader.read()
    assert len(committed) > WRITERS * ROUNDS / 2
    assert sorted(reader.seen) == sorted(committed)
    assert undone
    reader.read()
    assert len(reader.seen) == len(committed)


def test_an_open_transaction_delays_itself_and_nobody_else(
    root: Connection[Any], stack: LocalStack, member: Member, reader: Reader
) -> None:
    with connect(stack) as slow:
        late = add_conversation(slow, member.id)
        quick = [add_conversation(root, member.id) for _ in range(3)]
        reader.read()
        assert sorted(reader.seen) == sorted(quick)
        reader.read()
        after = add_conversation(root, member.id)
        reader.read()
        assert reader.seen[3:] == [after]
        slow.commit()
    reader.read()
    assert reader.seen[4:] == [late]
    reader.read()
    assert len(reader.seen) == 5
    # Who asks for what is newer than the newest has lost it for good: the test would notice.
    assert reader.control == {*quick, after}


def test_it_says_what_changed_and_whether_the_customer_sees_it(
    root: Connection[Any], desk: Desk, member: Member, conversation: str, somebody: Operator, reader: Reader
) -> None:
    desk.ask("inbox_add_note", somebody, id=conversation, client_note_id=new_id(), content="메모")
    (row,) = reader.ask(reader.cursor)["changed"]
    assert row == {
        "id": conversation, "user_id": member.id, "rev": 0, "changes": 1, "handling": "bot", "assignee_id": None,
        "is_shown": False,
    }  # fmt: skip
    reader.read()
    desk.ask("inbox_claim", somebody, id=conversation)
    (row,) = reader.ask(reader.cursor)["changed"]
    assert (row["rev"], row["handling"], row["assignee_id"], row["is_shown"]) == (1, "agent", somebody.id, True)
    reader.read()
    add_message(root, member.id, conversation, role="user")
    (row,) = reader.ask(reader.cursor)["changed"]
    assert (row["rev"], row["is_shown"]) == (2, True)
    reader.read()
    root.execute(
        "insert into public.chat_conversation_reads (conversation_id, user_id, last_read_seq) values (%s, %s, 1)",
        [conversation, member.id],
    )
    assert reader.ask(reader.cursor)["changed"] == []


def test_the_inbox_gets_its_rows_by_the_same_rule(
    root: Connection[Any], desk: Desk, member: Member, conversation: str, somebody: Operator
) -> None:
    begun = desk.ask("inbox_changes", somebody).body
    assert (begun["conversations"], begun["gone"], begun["resync"]) == ([], [], False)
    gone = add_conversation(root, member.id)
    add_message(root, member.id, conversation, role="user", content="여기요")
    root.execute("delete from public.chat_conversations where id = %s", [gone])
    told = desk.ask("inbox_changes", somebody, cursor=begun["cursor"]).body
    assert [row["last_message"]["content"] for row in told["conversations"]] == ["여기요"]
    assert (told["gone"], told["resync"]) == ([gone], False)
    again = desk.ask("inbox_changes", somebody, cursor=told["cursor"]).body
    assert (again["conversations"], again["gone"]) == ([], [])


def of_cursor(cursor: str, **changes: Any) -> str:
    branch, seconds, xmin, xmax, xip = cursor.split(":")
    parts = {"branch": branch, "seconds": seconds, "xmin": xmin, "xmax": xmax, "xip": xip}
    return ":".join(str(changes.get(name, value)) for name, value in parts.items())


FORGED = {
    "nothing": lambda _: "",
    "a word": lambda _: "newest",
    "another cluster": lambda c: of_cursor(c, branch="1.1.00000001"),
    "another history of this database": lambda c: of_cursor(c, branch=c.split(":")[0][:-1] + "2"),
    "no snapshot": lambda c: of_cursor(c, xmin="x"),
    "an impossible snapshot": lambda c: of_cursor(c, xmin=10, xmax=5),
    "a number beyond all": lambda c: of_cursor(c, xmax="9" * 30),
    "the future": lambda c: of_cursor(c, xmax=int(c.split(":")[3]) + 1_000_000),
    "a time to come": lambda c: of_cursor(c, seconds=int(c.split(":")[1]) + 600),
    "more than an hour ago": lambda c: of_cursor(c, seconds=int(c.split(":")[1]) - 3700),
    "more behind it": lambda c: c + ":1",
    "a newline": lambda c: c + "\n",
    "SQL": lambda c: c + "'; drop table public.chat_desk; --",
}


@pytest.mark.parametrize("what", FORGED)
def test_a_cursor_that_means_nothing_here_is_a_resync(
    root: Connection[Any], desk: Desk, somebody: Operator, reader: Reader, conversation: str, what: str
) -> None:
    forged = FORGED[what](reader.cursor)
    feed = reader.ask(forged)
    assert (feed["resync"], feed["changed"], feed["gone"]) == (True, [], [])
    assert reader.ask(feed["cursor"])["resync"] is False
    told = desk.ask("inbox_changes", somebody, cursor=forged)
    assert (told.status, told.body["resync"], told.body["conversations"]) == (200, True, [])


def test_an_old_cursor_under_a_new_time_is_a_resync(root: Connection[Any], member: Member, reader: Reader) -> None:
    old = reader.cursor
    add = [add_conversation(root, member.id) for _ in range(3)]
    for gone in add[:2]:
        root.execute("delete from public.chat_conversations where id = %s", [gone])
    root.execute(
        "update public.chat_gone set gone_at = gone_at - interval '2 days' where conversation_id = any(%s)", [add[:2]]
    )
    # What went so long ago is forgotten with the next that goes, but for one: by it the cursor is known as too old.
    root.execute("delete from public.chat_conversations where id = %s", [add[2]])
    left = {row[0] for row in root.execute("select conversation_id::text from public.chat_gone").fetchall()}
    assert len(left & set(add[:2])) == 1
    assert reader.ask(old)["resync"] is True
    root.execute("delete from public.chat_gone where conversation_id = any(%s)", [add])


def test_more_than_can_be_told_is_a_resync(root: Connection[Any], member: Member, reader: Reader) -> None:
    many = (
        "insert into public.chat_conversations (user_id, client_conversation_id)"
        " select %s, gen_random_uuid() from generate_series(1, %s)"
    )
    root.execute(many, [member.id, 500])
    assert len(reader.ask(reader.cursor)["changed"]) == 500
    add_conversation(root, member.id)
    feed = reader.ask(reader.cursor)
    assert (feed["resync"], feed["changed"]) == (True, [])
    root.execute("delete from public.chat_conversations where user_id = %s", [member.id])
    root.execute("truncate public.chat_gone")


@pytest.fixture
def typing(root: Connection[Any], conversation: str) -> Iterator[str]:
    yield conversation
    root.execute("delete from public.chat_typing")
    root.execute("delete from public.chat_presence")


def test_typing_and_presence_are_told_and_forgotten(
    root: Connection[Any], desk: Desk, member: Member, somebody: Operator, reader: Reader, typing: str
) -> None:
    desk.ask("inbox_claim", somebody, id=typing)
    desk.ask("inbox_type", somebody, conversation_id=typing, is_typing=True)
    desk.ask("chat_type", member.id, conversation_id=typing, is_typing=True)
    desk.ask("inbox_look", somebody, conversation_id=typing)
    feed = reader.ask(reader.cursor)
    told = {"conversation_id": typing, "user_id": member.id, "assignee_id": somebody.id}
    assert sorted(feed["typing"], key=str) == sorted(
        [{**told, "operator_id": somebody.id}, {**told, "operator_id": None}], key=str
    )
    assert feed["presence"] == [{"conversation_id": typing, "operator_id": somebody.id, "name": somebody.name}]
    (viewer,) = desk.ask("inbox_conversation", somebody, id=typing).body["viewers"]
    assert viewer["id"] == somebody.id

    # That it stopped is told at once; the customer still types.
    desk.ask("inbox_type", somebody, conversation_id=typing, is_typing=False)
    root.execute("update public.chat_typing set typed_at = now() where operator_id is null")
    assert [row["operator_id"] for row in reader.ask(reader.cursor)["typing"]] == [None]
    root.execute("update public.chat_typing set typed_at = now() - interval '9 seconds'")
    root.execute("update public.chat_presence set seen_at = now() - interval '61 seconds'")
    feed = reader.ask(reader.cursor)
    assert (feed["typing"], feed["presence"]) == ([], [])
    desk.ask("inbox_look", somebody, conversation_id=typing)
    desk.ask("inbox_look", somebody, conversation_id=None)
    assert reader.ask(reader.cursor)["presence"] == []


def test_that_an_operator_types_is_written_once_in_three_seconds(
    db: Connection[Any], member: Member, somebody: Operator
) -> None:
    # In one transaction time stands still.
    own = add_conversation(db, member.id)

    def typing() -> Any:
        call(db, "inbox_type", user_id=somebody.user, conversation_id=own, is_typing=True)
        return db.execute("select ctid from public.chat_typing where conversation_id = %s", [own]).fetchone()

    for seconds, is_written in ((0, False), (2.9, False), (3, True)):
        typing()
        ago = "update public.chat_typing set written_at = now() - make_interval(secs => %s) where conversation_id = %s"
        db.execute(ago, [seconds, own])
        before = db.execute("select ctid from public.chat_typing where conversation_id = %s", [own]).fetchone()
        assert (typing() != before) is is_written, seconds


def test_who_is_still_there(
    root: Connection[Any], desk: Desk, member: Member, conversation: str, somebody: Operator
) -> None:
    asked = [member.id, somebody.user, new_id()]
    assert desk.ask("live_people", user_ids=asked).body == {"members": [member.id], "operators": [somebody.user]}
    desk.ask("operator_revoke", user_id=somebody.user)
    assert desk.ask("live_people", user_ids=asked).body["operators"] == []


def test_somebody_is_online_while_a_screen_tells(root: Connection[Any], desk: Desk, somebody: Operator) -> None:
    root.execute("update public.chat_operators set availability = 'offline'")
    online = "select coalesce(online_until > now(), false) from public.chat_team"
    assert desk.ask("inbox_available", somebody, availability="online").body["operator"]["availability"] == "online"
    assert root.execute(online).fetchone() == (True,)
    root.execute(
        "update public.chat_operators set seen_at = now() - interval '61 seconds' where id = %s", [somebody.id]
    )
    assert desk.ask("inbox_me", somebody).body["operator"]["availability"] == "offline"
    # Looking at something is being there.
    desk.ask("inbox_look", somebody, conversation_id=None)
    assert desk.ask("inbox_me", somebody).body["operator"]["availability"] == "online"
    desk.ask("inbox_available", somebody, availability="offline")
    assert root.execute(online).fetchone() == (False,)
    assert desk.ask("inbox_available", somebody, availability="asleep").code == "invalid"
