"""Databases as a legacy client left them, and writers of both kinds. No assertions."""

import contextlib
import io
import json
import random
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import Connection

from scripts import backfill
from scripts.backfilling.session import LAST_EXPAND
from scripts.legacy_sample import Sample, fill
from scripts.local import LocalStack
from scripts.local.paths import LEGACY, MIGRATIONS, ROOT
from scripts.migrations.runner import migrate
from tests.databases import copied_database
from tests.stack import become

BASELINE = "20261101000010"
EXPANDED = LAST_EXPAND
# What an administrator would say about every fault of the sample.
EVERY_RULE = {
    "type:null": "bot/text",
    "type:agent": "bot/text",
    "status:archived": "completed",
    "reason:payload_not_json": "bot/notice",
    "reason:payload_not_object": "bot/notice",
    "reason:payload_impossible_text": "bot/notice",
    "reason:payload_too_large": "bot/notice",
    "reason:text_empty": "bot/notice",
    "reason:text_too_long": "cut",
}


@dataclass
class Database:
    """A database of one's own."""

    url: str
    connection: Connection[Any]

    def migrate(self, to: str | None = None) -> None:
        """Apply the legacy line, up to a version."""
        migrate(self.url, LEGACY, legacy_of=MIGRATIONS, to=to)

    def rows(self, query: str, values: Any = None) -> list[tuple[Any, ...]]:
        """Return what a query answers."""
        return self.connection.execute(query.encode(), values).fetchall()

    def one(self, query: str, values: Any = None) -> Any:
        """Return the first value of the first row."""
        found = self.rows(query, values)
        return found[0][0] if found else None

    def backfill(self, *arguments: str) -> tuple[int, str, str]:
        """Run the command; return its exit code and what it said."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = backfill.main([*arguments, "--database-url", self.url])
        return code, out.getvalue(), err.getvalue()

    def backfill_apart(self, *arguments: str) -> tuple[int, str, str]:
        """Run it in a process of its own, which leaves this one to its writers.

        The limit ends what hangs: 200,000 rows take a minute on two quiet cores, and many on slow ones.
        """
        done = subprocess.run(
            command(self.url, *arguments), cwd=ROOT, capture_output=True, text=True, check=False, timeout=3600
        )
        return done.returncode, done.stdout, done.stderr


def command(url: str, *arguments: str) -> list[str]:
    """The backfill's command line."""
    return [sys.executable, "-m", "scripts.backfill", *arguments, "--database-url", url]


@contextmanager
def legacy_database(stack: LocalStack, sample: Sample | None = None, *, expanded: bool = False) -> Iterator[Database]:
    """Make a database with the legacy schema, filled with a sample where one is given."""
    with (
        copied_database(stack.db_url, migrations=LEGACY, legacy_of=MIGRATIONS, to=BASELINE) as url,
        psycopg.connect(url, autocommit=True) as connection,
    ):
        if sample is not None:
            fill(connection, sample)
        database = Database(url, connection)
        if expanded:
            database.migrate(EXPANDED)
        yield database


def every_rule(database: Database) -> list[str]:
    """Return --map for everything that is wrong here, and somebody for what belongs to nobody."""
    owner = database.one("select id from auth.users order by id limit 1")
    rules = {**EVERY_RULE, "owner": str(owner)}
    return [
        word
        for subject, outcome in rules.items()
        if _has_effect(database, subject)
        for word in ("--map", f"{subject}={outcome}")
    ]


def _has_effect(database: Database, subject: str) -> bool:
    """Whether there is anything that the rule is for: others are refused."""
    kind, _, word = subject.partition(":")
    if kind == "reason":
        waits = "select exists (select from private.legacy_quarantine where reason = %s)"
        return word.startswith("text_") or database.one(
            f"select not exists (select from private.backfill_jobs) or ({waits})", [word]
        )
    found: bool = database.one(
        {
            "type": "select exists (select from public.chat_messages"
            " where role is null and type is not distinct from %s)",
            "status": "select exists (select from public.chat_conversations where status is not distinct from %s)",
            "owner": "select %s::text is not null"
            " and exists (select from public.chat_conversations where user_id is null)",
        }[kind],
        [None if word == "null" else word],
    )
    return found


@dataclass
class Writer:
    """Somebody who writes in a thread of their own until stopped, and notes every error and what each write took."""

    url: str
    user: uuid.UUID
    seed: int
    errors: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    conversations: list[uuid.UUID] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.chance = random.Random(self.seed)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, after the write under way."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        with psycopg.connect(self.url, autocommit=True, application_name=type(self).__name__) as db:
            while not self._stop.is_set():
                began = time.monotonic()
                try:
                    with db.transaction():
                        become(db, "authenticated", str(self.user))
                        self.write(db)
                except psycopg.Error as error:
                    self.errors.append(f"{type(error).__name__} {error.sqlstate}: {error}")
                self.seconds.append(time.monotonic() - began)
                self._stop.wait(0.02)

    @property
    def writes(self) -> int:
        """How many there were."""
        return len(self.seconds)

    def write(self, db: Connection[Any]) -> None:
        """Do one thing, within a transaction, as the member."""
        raise NotImplementedError


class OldWriter(Writer):
    """The legacy client: rows with a type, batches, read flags, statuses. It knows no new column."""

    def write(self, db: Connection[Any]) -> None:
        """Begin a conversation, say something, read, or complete."""
        what = self.chance.random()
        if what < 0.15 or not self.conversations:
            row = db.execute(
                "insert into public.chat_conversations (user_id, status) values (%s, 'active') returning id",
                [self.user],
            ).fetchone()
            assert row is not None
            self.conversations = [*self.conversations[-20:], row[0]]
        conversation = self.chance.choice(self.conversations)
        if what < 0.7:
            rows = self.chance.choice((("user", "안녕하세요 "), ("bot", "네"), ("chips", '{"chips": ["배송", "환불"]}'),
                                       ("form", '{"fields": []}'), ("system", "연결되었습니다"), ("user", "  "),
                                       ("chips", "broken"), (None, "?")), )  # fmt: skip
            db.execute(
                "insert into public.chat_messages (conversation_id, type, content)"
                " values (%s, %s, %s), (%s, 'bot', 'ok')",
                [conversation, *rows, conversation],
            )
        elif what < 0.9:
            db.execute("update public.chat_messages set is_read = true where conversation_id = %s", [conversation])
        else:
            db.execute("update public.chat_conversations set status = 'closed' where id = %s", [conversation])


class NewWriter(Writer):
    """The new application's requests with a member's token: open, send, mark as read."""

    def write(self, db: Connection[Any]) -> None:
        """Open a conversation or go on with one, and read it."""
        if self.chance.random() < 0.2 or not self.conversations:
            row = db.execute("select public.chat_open(%s) -> 'conversation' ->> 'id'", [uuid.uuid4()]).fetchone()
            assert row is not None
            self.conversations.append(uuid.UUID(row[0]))
        conversation = self.chance.choice(self.conversations)
        db.execute("select public.chat_send(%s, %s, '새 앱에서')", [conversation, uuid.uuid4()])
        if self.chance.random() < 0.3:
            db.execute("select public.chat_mark_read(%s)", [conversation])


class LockWatch:
    """Watches for how long each of the backfill's transactions holds locks that others may want."""

    def __init__(self, url: str) -> None:
        self._held: dict[str, float] = {}
        self._url = url
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def seconds(self) -> list[float]:
        """For how long each one was seen to."""
        return list(self._held.values())

    def __enter__(self) -> "LockWatch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        with psycopg.connect(self._url, autocommit=True) as db, contextlib.suppress(psycopg.OperationalError):
            while not self._stop.wait(0.02):
                seen = db.execute(
                    """
                    select a.backend_xid::text, extract(epoch from clock_timestamp() - a.xact_start)
                    from pg_stat_activity a
                    where a.application_name = 'munui-backfill' and a.datname = current_database()
                      and a.backend_xid is not null and a.query not ilike 'vacuum%%'
                      and exists (select from pg_locks l where l.pid = a.pid and l.mode = 'RowExclusiveLock')
                    """
                ).fetchall()
                self._held.update({xid: float(seconds) for xid, seconds in seen})


def result(out: str) -> dict[str, Any]:
    """What --json printed."""
    found: dict[str, Any] = json.loads(out)
    return found
