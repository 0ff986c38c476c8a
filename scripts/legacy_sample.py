"""Fills a database with what a legacy client leaves behind, faults included: for tests, the benchmark, a rehearsal.

    python -m scripts.legacy_sample --database-url URL --rows 200000 --faults 0.05
    python -m scripts.legacy_sample --database-url URL --shape dashboard

With --shape the tables are made first, as live sites have them (`scripts/legacy/shapes.py`; `--shape list` names them).

The same seed makes the same rows. Works before and after the expand migrations (rows are written as if before: the
triggers are off for them), never on a database that holds messages already.
"""

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

if __package__ in {None, ""}:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psycopg
from psycopg import Connection

from scripts.legacy.shapes import SHAPES, Shape
from scripts.local.paths import LEGACY
from scripts.migrations.errors import UsageError
from scripts.migrations.files import read_script
from scripts.target import database_url

# What can be wrong with a message: its type and its text. Each is as likely as any other.
FAULTS: dict[str, tuple[str | None, str]] = {
    "type_missing": (None, "안녕하세요"),
    "type_unknown": ("agent", "상담원입니다"),
    "broken_json": ("chips", '{"chips": [{"label": "배송"'),
    "array": ("chips", '["배송", "환불"]'),
    "number": ("form", "42"),
    "string": ("form", '"문의"'),
    "null": ("chips", "null"),
    "no_json": ("form", "문의 양식"),
    "nul_escape": ("chips", '{"chips": [{"label": "a\\u0000b"}]}'),
    "lone_surrogate": ("form", '{"fields": [{"label": "\\ud800"}]}'),
    "deep": ("chips", "[" * 20_000),
    "empty_user": ("user", ""),
    "blank_user": ("user", " \t\u3000\n"),
    "long_user": ("user", "가" * 4_001),
    "long_bot": ("bot", "나" * 16_001),
    "large_payload": ("chips", json.dumps({"chips": [{"label": f"{n:0>80}"} for n in range(800)]})),
}
_CHIPS = (
    '{"text": "무엇을 도와드릴까요?", "chips": [{"type": "a", "label": "배송"}, {"type": "b", "label": "환불"}]}',
    '{"chips": ["네 다른문의 할게요", "괜찮아요"]}',
    '{"chips": [{"id": "a", "label": "배송"}, {"id": "a", "label": "환불"}], "is_clicked": true}',
)
_FORMS = (
    '{"title": "문의 양식", "fields": [{"name": "email", "type": "email", "label": "이메일", "required": true}]}',
    '{"fields": [{"type": "select", "label": "유형", "options": ["배송", {"value": "r", "label": "환불"}]}]}',
    '{"category": "delivery"}',
)
_TEXTS = (
    "배송이 언제 오나요?",
    "환불해 주세요",
    "네",
    "담당자에게 연결해 드릴게요. 잠시만 기다려 주세요.",
    "감사합니다 👍",
)
_STATUSES = ("active", "active", "active", "completed", "closed", "open")
_BEGINNING = datetime(2024, 1, 1, tzinfo=UTC)
_CHUNK = 20_000


@dataclass(frozen=True)
class Sample:
    """What to make.

    Attributes:
        rows: messages, all in all.
        faults: share of messages with a fault, and of conversations without an owner or with an unknown status.
        per_conversation: messages in a conversation, on average.
        users: accounts.
        long: messages of one conversation that is much longer than the others; 0 for none.
    """

    rows: int = 10_000
    faults: float = 0.05
    per_conversation: int = 12
    users: int = 200
    long: int = 0
    seed: int = 1


def fill(connection: Connection[Any], sample: Sample) -> dict[str, int]:
    """Write the rows, in chunks, and return how many there are of each kind."""
    chance = random.Random(sample.seed)  # noqa: S311 - no secret
    users = [_uuid(chance) for _ in range(sample.users)]
    with connection.transaction(), connection.cursor() as cursor:
        for user in users:
            cursor.execute("insert into auth.users (id, email) values (%s, %s)", [user, f"{user}@example.com"])
    made = {"conversations": 0, "messages": 0, "faulty": 0}
    rows = _conversations(chance, sample, users)
    while chunk := _take(rows, _CHUNK):
        with connection.transaction(), connection.cursor() as cursor:
            _without_triggers(connection)
            with cursor.copy(
                "copy public.chat_conversations (id, user_id, status, created_at, updated_at) from stdin"
            ) as copy:
                for conversation, _ in chunk:
                    copy.write_row(conversation)
            with cursor.copy(
                "copy public.chat_messages (id, conversation_id, type, content, is_read, created_at) from stdin"
            ) as copy:
                for _, messages in chunk:
                    for message, faulty in messages:
                        copy.write_row(message)
                        made["messages"] += 1
                        made["faulty"] += faulty
            if _has_columns(connection):
                # As they would stand had they been there when the expand migrations came.
                cursor.execute(
                    "update public.chat_conversations set last_seq = 1000000000, handled_seq = 1000000000,"
                    " last_message_at = null where id = any(%s)",
                    [[conversation[0] for conversation, _ in chunk]],
                )
            made["conversations"] += len(chunk)
    connection.execute("analyze public.chat_conversations, public.chat_messages")
    return made


Row = tuple[Any, ...]
Conversation = tuple[Row, list[tuple[Row, bool]]]


def _conversations(chance: random.Random, sample: Sample, users: list[UUID]) -> Iterator[Conversation]:
    left = sample.rows
    while left > 0:
        size = (
            sample.long if sample.long and left == sample.rows else chance.randint(1, 2 * sample.per_conversation - 1)
        )
        size = min(size, left)
        left -= size
        conversation = _uuid(chance)
        owner: UUID | None = chance.choice(users)
        status = chance.choice(_STATUSES)
        if chance.random() < sample.faults:
            owner, status = chance.choice(((None, status), (owner, "archived")))
        at = _BEGINNING + timedelta(seconds=chance.randrange(86_400 * 600))
        unread_from = chance.randint(0, 2 * size)
        messages = []
        for place in range(size):
            # A batch of the legacy client shares one time.
            at += timedelta(seconds=chance.choice((0, 0, 1, 30)))
            faulty = chance.random() < sample.faults
            kind, content = FAULTS[chance.choice(list(FAULTS))] if faulty else _message(chance)
            is_read = place < unread_from or chance.random() < 0.02
            messages.append(((_uuid(chance), conversation, kind, content, is_read, at), faulty))
        yield (conversation, owner, status, at, at), messages


def _message(chance: random.Random) -> tuple[str, str]:
    kind = chance.choice(("user", "user", "bot", "bot", "bot", "chips", "form", "system"))
    if kind == "chips":
        return kind, chance.choice(_CHIPS)
    if kind == "form":
        return kind, chance.choice(_FORMS)
    text = f"{chance.choice(_TEXTS)} {chance.randrange(1_000_000)}"
    return kind, f"  {text} \n" if chance.random() < 0.05 else text


def _uuid(chance: random.Random) -> UUID:
    return UUID(int=chance.getrandbits(128), version=4)


def _take(rows: Iterator[Conversation], messages: int) -> list[Conversation]:
    chunk: list[Conversation] = []
    size = 0
    for row in rows:
        chunk.append(row)
        size += len(row[1])
        if size >= messages:
            break
    return chunk


def _has_columns(connection: Connection[Any]) -> bool:
    row = connection.execute(
        "select exists (select from pg_attribute where attrelid = 'public.chat_messages'::regclass and attname = 'seq')"
    ).fetchone()
    return row is not None and bool(row[0])


def _without_triggers(connection: Connection[Any]) -> None:
    if _has_columns(connection):
        # A superuser's setting, of this transaction only; foreign keys are not looked at either.
        connection.execute("set local session_replication_role = replica")


def make(connection: Connection[Any], shape: Shape) -> None:
    """Make the legacy tables in this shape, as a live site has them: no history of ours knows of them."""
    with connection.transaction():
        for statement in read_script(next(LEGACY.glob("*_legacy_baseline.sql"))).statements:
            connection.execute(statement.text.encode())
        connection.execute(shape.sql.encode())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(prog="legacy_sample", description="Make legacy rows, faults included.")
    parser.add_argument("--database-url", metavar="URL", help="default: SUPABASE_DB_URL")
    usual = Sample()
    parser.add_argument("--rows", type=int, default=usual.rows)
    parser.add_argument("--faults", type=float, default=usual.faults, help="share of faulty rows, 0 to 1")
    parser.add_argument("--per-conversation", type=int, default=usual.per_conversation)
    parser.add_argument("--users", type=int, default=usual.users)
    parser.add_argument("--long", type=int, default=usual.long, help="messages of one very long conversation")
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument("--shape", choices=("list", *SHAPES), help="make the tables first, in one of these shapes")
    chosen = parser.parse_args(arguments)
    if chosen.shape == "list":
        print("\n".join(f"{name:<18}  {shape.about}" for name, shape in SHAPES.items()))
        return 0
    values = {name: value for name, value in vars(chosen).items() if name not in {"database_url", "shape"}}
    if not 0 <= chosen.faults <= 1 or min(chosen.rows, chosen.users, chosen.per_conversation) < 1:
        parser.error("--faults is between 0 and 1, the rest 1 or more")
    try:
        with psycopg.connect(database_url(chosen.database_url), autocommit=True) as connection:
            if chosen.shape:
                shape = SHAPES[chosen.shape]
                make(connection, shape)
                if not shape.takes_rows:
                    print(json.dumps({"shape": chosen.shape}))
                    return 0
            if connection.execute("select from public.chat_messages limit 1").fetchone() is not None:
                print("legacy_sample: this database holds messages already.", file=sys.stderr)
                return 1
            print(json.dumps(fill(connection, Sample(**values))))
    except UsageError as error:
        print(f"legacy_sample: {error}", file=sys.stderr)
        return 2
    except psycopg.Error as error:
        print(f"legacy_sample: {error.diag.message_primary or str(error).strip()}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
