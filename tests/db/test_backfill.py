"""The command: what it says, what it refuses, what it leaves. The long run is in test_backfill_under_fire."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from scripts import backfill
from scripts.backfilling.pace import Limits, next_size
from scripts.legacy_sample import Sample
from scripts.local import LocalStack
from tests.concurrency import until
from tests.db.legacy import EXPANDED, Database, every_rule, legacy_database, result
from tests.db.legacy_invariants import broken, expanded, remember

SAMPLE = Sample(rows=3_000, faults=0.1, users=20, long=1_300, seed=7)


@pytest.fixture
def database(stack: LocalStack) -> Iterator[Database]:
    with legacy_database(stack, SAMPLE, expanded=True) as made:
        yield made


def run(database: Database, *arguments: str) -> int:
    return backfill.main([*arguments, "--database-url", database.url])


def _everything(database: Database) -> dict[str, str]:
    """A fingerprint of every table of ours, system columns included."""
    tables = database.rows(
        "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname in ('public', 'private')"
    )
    return {
        name: database.one(
            "select coalesce(md5(string_agg(t.x, '' order by t.x)), '')"
            f" from (select xmin::text || ctid || {name.split('.')[1]}::text as x from {name}) t"
        )
        for (name,) in tables
    }  # fmt: skip


def test_without_apply_nothing_changes(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    before = _everything(database)
    assert run(database, "messages", "--map", "type:agent=bot/text") == 0
    assert run(database, "reads") == 0
    assert run(database, "undo") == 0
    assert run(database, "verify") == 4
    assert _everything(database) == before
    said = capsys.readouterr().out
    for word in ("payload_not_json", "text with white space at its ends", "archived", "first-unread", "last-read"):
        assert word in said


def test_the_dry_run_counts_what_the_run_does(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(database, "messages", "--json") == 0
    foretold = json.loads(capsys.readouterr().out)
    left = sum(entry["rows"] for entry in foretold["messages"] if entry["outcome"].startswith("left:"))
    assert run(database, "messages", "--apply", "--json") == 3
    done = json.loads(capsys.readouterr().out)
    assert done["rows"] == sum(entry["rows"] for entry in foretold["messages"]) - left
    assert database.one("select count(*) from private.legacy_quarantine where message_id is not null") == left


def test_all_of_it_in_small_batches(stack: LocalStack) -> None:
    with legacy_database(stack, SAMPLE) as database:
        remember(database)
        database.migrate(EXPANDED)
        expanded(database, [])
        assert run(database, "messages", "--apply", "--batch", "100", "--vacuum-rows", "1000") == 3
        assert run(database, "reads", "--apply", "--batch", "50") == 3
        assert run(database, "verify") == 3
        assert broken(database) == {}
        # Again: there is nothing to do, and it does nothing.
        texts = database.one("select md5(string_agg(m::text, '' order by id)) from public.chat_messages m")
        assert run(database, "messages", "--apply") == 3
        assert texts == database.one("select md5(string_agg(m::text, '' order by id)) from public.chat_messages m")
        # A rule later on: each row takes the place that was kept for it.
        assert run(database, "messages", "--apply", *every_rule(database)) == 0
        assert run(database, "reads", "--apply") == 0
        assert run(database, "verify") == 0
        assert broken(database, but=_WITH_RULES) == {}
        longest = database.rows(
            "select message_count, status from public.chat_conversations order by message_count desc limit 1"
        )
        assert longest[0][0] == 1_300


# What rules changed on purpose.
_WITH_RULES = (
    "a faulty row was touched", "a faulty row is in no quarantine", "a text changed by more than its ends",
    "a good row is not carried over, or not as the CASE of old says",
)  # fmt: skip


def test_a_conversation_that_is_too_long_keeps_everything_and_is_completed(stack: LocalStack) -> None:
    with legacy_database(stack, Sample(rows=5_200, faults=0, long=5_200), expanded=True) as database:
        assert run(database, "messages", "--apply", "--batch", "700") == 0
        assert database.rows("select message_count, status from public.chat_conversations") == [(5_000, "completed")]
        assert database.rows("select count(*), min(seq), max(seq) from public.chat_messages") == [(5_200, 1, 5_200)]


def test_words_around_chips_stay_and_the_json_goes_when_it_may(stack: LocalStack) -> None:
    with legacy_database(stack, Sample(rows=300, faults=0), expanded=True) as database:
        jsons = "select count(*) from public.chat_messages where kind in ('chips', 'form') and content like '{%%'"
        assert run(database, "messages", "--apply", "--keep-content") == 0
        assert database.one(jsons) > 0
        assert run(database, "messages", "--apply") == 0
        assert database.one(jsons) == 0
        assert database.one(
            "select count(*) from public.chat_messages where kind = 'chips' and content = '무엇을 도와드릴까요?'"
        )


@pytest.mark.parametrize(("policy", "expected"), [("first-unread", 1), ("last-read", 3)])
def test_both_policies(stack: LocalStack, policy: str, expected: int) -> None:
    with legacy_database(stack) as database:
        database.connection.execute("insert into auth.users (id, email) values (gen_random_uuid(), 'a@example.com')")
        conversation = database.one(
            "insert into public.chat_conversations (user_id) select id from auth.users returning id"
        )
        for place, is_read in enumerate((True, False, True, False)):
            database.connection.execute(
                "insert into public.chat_messages (conversation_id, type, content, is_read, created_at)"
                " values (%s, 'bot', 'x', %s, now() + make_interval(secs => %s))",
                [conversation, is_read, place],
            )
        database.migrate(EXPANDED)
        assert run(database, "reads", "--apply", "--policy", policy) == 1
        assert run(database, "messages", "--apply") == 0
        assert run(database, "reads", "--apply", "--policy", policy) == 0
        assert database.one("select last_read_seq from public.chat_conversation_reads") == expected
        # Never backwards.
        database.connection.execute("update public.chat_conversation_reads set last_read_seq = 4")
        assert run(database, "reads", "--apply", "--policy", policy) == 0
        assert database.one("select last_read_seq from public.chat_conversation_reads") == 4


def test_a_second_copy_refuses(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    database.connection.execute("select pg_advisory_lock(7461310003)")
    assert run(database, "messages", "--apply", "--wait", "0.2") == 1
    assert "Another copy" in capsys.readouterr().err


def test_it_holds_while_a_transaction_is_open(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    with psycopg.connect(database.url) as other, ThreadPoolExecutor(1) as pool:
        other.execute("select count(*) from public.chat_messages")
        until(lambda: database.one(_OPEN_FOR, [other.info.backend_pid]) > 0.2)
        arguments = ["messages", "--apply", "--hold-transaction", "0.2", "--hold-seconds"]
        assert run(database, *arguments, "0.8") == 1
        assert "Holding: a transaction has been open" in capsys.readouterr().err
        assert database.one("select count(*) from public.chat_messages where role is not null") == 0
        held = pool.submit(database.backfill_apart, *arguments, "600")
        # It has looked and looks again: only what stands still does that.
        until(lambda: database.one(_LOOKS) is True)
        other.rollback()
        code, _, said = held.result()
        assert (code, "Holding: a transaction has been open" in said) == (3, True)


# For how many seconds somebody's transaction has been open, and whether the tool is just asking for such.
_OPEN_FOR = "select extract(epoch from clock_timestamp() - xact_start) from pg_stat_activity where pid = %s"
_LOOKS = """
select exists (select from pg_stat_activity
  where application_name = 'munui-backfill' and datname = current_database() and state = 'idle'
    and position('client backend' in query) > 0 and state_change < clock_timestamp() - interval '100 ms')
"""


def test_a_lock_that_is_taken_is_waited_for_a_little_and_tried_again(database: Database) -> None:
    with psycopg.connect(database.url) as other:
        other.execute("select from public.chat_conversations order by id limit 3 for update")
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(database.backfill_apart, "messages", "--apply", "--json")
            # Between two attempts at the rows it has nothing open.
            until(lambda: database.one(_GAVE_UP) is True)
            other.rollback()
            code, out, _ = running.result()
    assert code == 3
    assert result(out)["retries"] > 0


_GAVE_UP = """
select exists (select from pg_stat_activity
  where application_name = 'munui-backfill' and datname = current_database() and state = 'idle' and query = 'ROLLBACK')
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ["messages", "--map", "type:agent=user/chips"],
        ["messages", "--map", "reason:whatever=bot/text"],
        ["messages", "--map", "owner=nobody"],
        ["messages", "--map", "owner=00000000-0000-0000-0000-000000000000"],
        ["messages", "--map", "no-such-file.json"],
        ["messages", "--apply", "--batch", "0"],
    ],
)
def test_wrong_use(database: Database, arguments: list[str]) -> None:
    assert run(database, *arguments) == 2


def test_a_row_that_takes_longer_than_a_batch_may_is_carried_over(stack: LocalStack) -> None:
    with legacy_database(stack, Sample(rows=1, faults=0), expanded=True) as database:
        assert run(database, "messages", "--apply", "--longest-ms", "1") == 0
        assert database.one("select count(*) from public.chat_messages where role is not null") == 1


def test_rules_from_a_file(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "rules.json"
    file.write_text('{"type:agent": "bot/text"}', encoding="utf-8")
    assert run(database, "messages", "--apply", "--map", str(file)) == 3
    assert database.one("select count(*) from private.legacy_quarantine where reason = 'type_unknown'") == 0


def test_the_pooler_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert backfill.main(["messages", "--database-url", "postgresql://u@127.0.0.1:6543/postgres"]) == 2
    assert "6543" in capsys.readouterr().err


def test_the_expand_migrations_come_first(stack: LocalStack, capsys: pytest.CaptureFixture[str]) -> None:
    with legacy_database(stack) as database:
        assert run(database, "messages", "--apply") == 1
    assert "scripts.migrate --legacy --to " in capsys.readouterr().err


def test_after_the_contract_there_is_nothing_to_do(stack: LocalStack) -> None:
    assert backfill.main(["messages", "--apply", "--database-url", stack.db_url]) == 0


def test_batches_grow_and_shrink_towards_the_target() -> None:
    limits = Limits(target_ms=200, largest=1_000)
    assert next_size(400, 200, limits) == 400
    assert next_size(400, 10, limits) == 600
    assert next_size(900, 10, limits) == 1_000
    assert next_size(400, 2_000, limits) == 200
    assert next_size(20, 2_000, limits) == 10
    assert next_size(1, 2_000, limits) == 1
