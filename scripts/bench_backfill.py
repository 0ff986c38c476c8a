"""How the backfill compares with one UPDATE over everything: `python -m scripts.bench_backfill --rows 2000000`.

On a server of its own, with a writer at work all the time. Prints one table: rows a second, the longest time that the
writer waited, how much the table grew, and the memory of the script at a tenth of the rows and at all of them.
"""

import argparse
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

if __package__ in {None, ""}:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psycopg

from scripts.backfilling.session import LAST_EXPAND
from scripts.legacy_sample import Sample, fill
from scripts.local import LocalStack
from scripts.local.paths import LEGACY, LOCAL, MIGRATIONS, ROOT
from scripts.local.scratch import scratch_database
from scripts.migrations.runner import migrate

_BASELINE = "20261101000010"
# What the plan for the old schema proposed, word for word: one transaction.
_ONE_UPDATE = """
begin;
alter table public.chat_messages add column role text;
alter table public.chat_messages add column kind text;
alter table public.chat_messages add column payload jsonb;
alter table public.chat_messages alter column content drop not null;
update public.chat_messages set
  role = case when type in ('form', 'chips') then 'bot' else type end,
  kind = case when type in ('user', 'bot', 'system') then 'text' else type end;
commit;
"""


@dataclass
class Measured:
    """One run."""

    name: str
    rows: int
    seconds: float = 0.0
    longest_wait: float = 0.0
    before_mb: float = 0.0
    after_mb: float = 0.0
    memory_mb: float = 0.0

    def line(self) -> str:
        """A row of the table, in Markdown."""
        memory = f"{self.memory_mb:.0f} MB" if self.memory_mb else "-"
        return (
            f"| {self.name} | {self.rows:,} | {self.seconds:.0f} s | {self.rows / self.seconds:,.0f} | "
            f"{self.longest_wait * 1000:,.0f} ms | {self.before_mb:,.0f} → {self.after_mb:,.0f} MB | {memory} |"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(prog="bench_backfill", description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--rows", type=int, default=2_000_000)
    chosen = parser.parse_args(arguments)
    if chosen.rows < 1_000:
        parser.error("--rows must be 1,000 or more")
    stack = LocalStack(LOCAL / "bench", fresh=True, migrations=None)
    try:
        stack.start_postgres()
        lines = [
            _measure(stack, "backfill", chosen.rows // 10, _backfill).line(),
            _measure(stack, "backfill", chosen.rows, _backfill).line(),
            _measure(stack, "one UPDATE", chosen.rows, _one_update).line(),
        ]
    finally:
        stack.stop()
    print("| way | rows | time | rows/s | longest wait of a writer | table with indexes | memory |")
    print("|---|---|---|---|---|---|---|")
    print("\n".join(lines))
    return 0


def _measure(stack: LocalStack, name: str, rows: int, way: Callable[[str, Measured], None]) -> Measured:
    measured = Measured(name, rows)
    with scratch_database(stack.db_url, migrations=LEGACY, legacy_of=MIGRATIONS, to=_BASELINE) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            fill(connection, Sample(rows=rows, faults=0.002, users=max(200, rows // 1_000)))
        if way is _backfill:
            migrate(url, LEGACY, legacy_of=MIGRATIONS, to=LAST_EXPAND)
        measured.before_mb = _size(url)
        with _writer(url, measured):
            began = time.monotonic()
            way(url, measured)
            measured.seconds = time.monotonic() - began
        measured.after_mb = _size(url)
    print(measured.line(), file=sys.stderr, flush=True)
    return measured


def _one_update(url: str, _: Measured) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_ONE_UPDATE)


def _backfill(url: str, measured: Measured) -> None:
    command = [sys.executable, "-m", "scripts.backfill", "messages", "--apply", "--json", "--database-url", url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            measured.memory_mb = max(measured.memory_mb, _peak(process.pid))
            time.sleep(0.1)
    if process.returncode not in {0, 3}:
        raise SystemExit(f"The backfill ended with {process.returncode}.")


def _peak(pid: int) -> float:
    with suppress(OSError, StopIteration, IndexError, ValueError):
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
        return int(next(line for line in status if line.startswith("VmHWM")).split()[1]) / 1024
    return 0.0


def _size(url: str) -> float:
    with psycopg.connect(url) as connection:
        row = connection.execute("select pg_total_relation_size('public.chat_messages')").fetchone()
    return int(row[0]) / 1024 / 1024 if row else 0.0


@contextmanager
def _writer(url: str, measured: Measured) -> Iterator[None]:
    """Somebody who goes on writing as the legacy client does."""
    stop = threading.Event()

    def write() -> None:
        chance = random.Random(1)  # noqa: S311 - no secret
        with psycopg.connect(url, autocommit=True) as connection:
            found = connection.execute(
                "select id from public.chat_conversations where user_id is not null limit 5000"
            ).fetchall()
            while not stop.wait(0.02):
                conversation = chance.choice(found)[0]
                began = time.monotonic()
                connection.execute(
                    "insert into public.chat_messages (conversation_id, type, content) values (%s, 'user', 'x')",
                    [conversation],
                )
                measured.longest_wait = max(measured.longest_wait, time.monotonic() - began)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


if __name__ == "__main__":
    sys.exit(main())
