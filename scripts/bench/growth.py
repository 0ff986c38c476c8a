"""How a turn, a page of messages and the list grow with the member, the conversation and the table."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import httpx
import psycopg

from scripts.bench.bare import Captured, capture
from scripts.bench.database_time import DatabaseTime
from scripts.bench.filling import Filling
from scripts.bench.members import Conversation, Member, sign_up
from scripts.bench.options import Options
from scripts.bench.servers import client, running_app
from scripts.bench.timing import compare, ratio, take, told
from scripts.local import LocalStack
from scripts.local.paths import MIGRATIONS
from scripts.local.scratch import scratch_database

SHORT = 11


@dataclass(frozen=True, slots=True)
class Subject:
    """A member, and conversations of theirs to measure in."""

    member: Member
    conversations: list[str]


class World:
    """The members of the run, made when there is room for them in the table."""

    def __init__(self, stack: LocalStack, options: Options) -> None:
        self._filling = Filling(stack.db_url)
        self._stack = stack
        self.by_conversations: dict[int, Subject] = {}
        self.by_messages: dict[int, Subject] = {}
        self._options = options

    @property
    def middle(self) -> Subject:
        """The member of middling size, who is measured while the table grows."""
        counts = sorted(self._options.conversations)
        return self.by_conversations[counts[len(counts) // 2 if len(counts) > 2 else -1]]

    def begin(self) -> None:
        """Begin with an empty table: what other sections wrote would make the smallest one larger than it says."""
        self._filling.empty()

    def grow(self, rows: int) -> int:
        """Make the members that fit, fill up to `rows`; how many rows there are."""
        for count in self._options.messages:
            if count not in self.by_messages:
                self.by_messages[count] = self._subject(1, count)
        for count in self._options.conversations:
            if count not in self.by_conversations and count * SHORT <= rows // 2:
                self.by_conversations[count] = self._subject(count, SHORT)
        self._filling.grow(rows)
        return self._filling.rows()

    def grown_to(self, rows: int) -> Subject:
        """The member of middling size, in a table of `rows`."""
        self.grow(rows)
        return self.middle

    def _subject(self, conversations: int, messages: int) -> Subject:
        member = sign_up(self._stack)
        return Subject(member, self._filling.give(member, conversations=conversations, messages=messages))


def measure(stack: LocalStack, options: Options, world: World) -> dict[str, Any]:
    """The three axes; the table is at its largest afterwards."""
    world.begin()
    captured = capture(stack, sign_up(stack))
    with running_app(stack, options) as app, client(app.url) as http:
        meter = _Meter(http, stack, options, captured)
        table = []
        for rows in options.rows:
            real = world.grow(rows)
            table.append({"rows": real, **meter.read(world.middle)})
        largest = table[-1]["rows"]
        grown = _grown(stack, options, world.middle, captured)
        members = [{"conversations": count, **meter.read(subject)} for count, subject in world.by_conversations.items()]
        conversations = [{"messages": count, **meter.read(subject)} for count, subject in world.by_messages.items()]
    return {
        "rows": largest, "table": table, "members": members, "conversations": conversations, "grown": grown,
    }  # fmt: skip


def _grown(stack: LocalStack, options: Options, large: Subject, captured: Captured) -> dict[str, Any]:
    """Each function in the largest table as a multiple of the smallest, beside it: a second database of that size.

    Between the first row of the table and its last lie minutes, in which the machine changes more than the figure.
    """
    with (
        scratch_database(stack.db_url, migrations=MIGRATIONS) as small_url,
        psycopg.connect(small_url) as small_db,
        psycopg.connect(stack.db_url) as large_db,
    ):
        small = _twin(small_url, options, conversations=len(large.conversations))
        # The first conversation is as it was made: nobody clicked in it.
        works = {
            name: DatabaseTime(db, subject.member.id, captured).works(subject.conversations[0])
            for name, db, subject in (("small", small_db, small), ("large", large_db, large))
        }
        return {name: _ratio(works["large"][name], works["small"][name], options) for name in works["small"]}


def _twin(url: str, options: Options, *, conversations: int) -> Subject:
    """A member like another one, in a table of the smallest size."""
    filling = Filling(url)
    member = Member(filling.stranger(), token="")
    twin = Subject(member, filling.give(member, conversations=conversations, messages=SHORT))
    filling.grow(options.rows[0])
    return twin


def _ratio(large: Callable[[], float], small: Callable[[], float], options: Options) -> dict[str, float]:
    count = options.calls // 2 + 1
    ways = {"small": small, "large": large}
    times = compare(ways, rounds=options.rounds, count=count, warm_up=count, taking=told)
    return ratio(times["large"], times["small"]).to_json()


class _Meter:
    def __init__(self, http: httpx.Client, stack: LocalStack, options: Options, captured: Captured) -> None:
        self._http = http
        self._stack = stack
        self._options = options
        self._captured = captured

    def read(self, subject: Subject) -> dict[str, Any]:
        """Medians in milliseconds: through the service, and in the database alone."""
        # The database first: it is rolled back, while turns through the service make a conversation longer.
        database = self._database(subject)
        return {"service": self._service(subject), "database": database}

    def _service(self, subject: Subject) -> dict[str, float]:
        # A few conversations in turn, so that none grows much while it is measured.
        chats = [Conversation(self._http, subject.member, one) for one in subject.conversations[-10:]]
        return {name: self._median(_in_turn([getattr(chat, name) for chat in chats])) for name in _CALLS.values()}

    def _database(self, subject: Subject) -> dict[str, float]:
        with psycopg.connect(self._stack.db_url) as db:
            database = DatabaseTime(db, subject.member.id, self._captured)
            conversation = subject.conversations[0]
            return {name: self._lowest_half(work) for name, work in database.works(conversation).items()}

    def _median(self, work: Callable[[], object]) -> float:
        take(work, 5)
        return round(statistics.median(take(work, self._options.calls)), 2)

    def _lowest_half(self, work: Callable[[], float]) -> float:
        """The median of the better half: what the machine's other work adds is not the query's."""
        for _ in range(7):
            work()
        times = sorted(work() for _ in range(self._options.calls * 2))
        return round(statistics.median(times[: max(1, len(times) // 2)]), 3)


_CALLS = {"turn": "click", "page": "page", "list": "list"}


def _in_turn(works: list[Callable[[], None]]) -> Callable[[], None]:
    every = cycle(works)

    def take_next() -> None:
        next(every)()

    return take_next
