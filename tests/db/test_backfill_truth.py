"""The tool tells the truth: dry runs, options of a run that was cut off, roles that do not see everything, rules."""

import json
import re
import subprocess
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from scripts import backfill, migrate
from scripts.backfilling.rules import REASONS, reasons_table
from scripts.legacy_sample import Sample
from scripts.local import LocalStack
from scripts.local.paths import ROOT
from tests.concurrency import until
from tests.db.legacy import EXPANDED, Database, command, every_rule, legacy_database
from tests.db.test_legacy_rows import conversation, run, say

FULL = """
insert into public.chat_messages (conversation_id, type, content, is_read)
select c.id, 'bot', 'x', n < 4990 from (select id from public.chat_conversations where status = 'active' and user_id
  is not null
  order by id limit 2) c, generate_series(1, 5000) n
"""


@pytest.fixture
def database(stack: LocalStack) -> Iterator[Database]:
    with legacy_database(stack, Sample(rows=800, faults=0.1, users=5, seed=3)) as made:
        made.connection.execute(FULL)
        for kind in ("agent", None):
            say(made, conversation(made), kind, "x")
        made.migrate(EXPANDED)
        yield made


def told(database: Database, capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    capsys.readouterr()
    run(database, *arguments, "--json")
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_dry_runs_foretell_every_number(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    before = told(database, capsys, "reads")["policies"]
    for rules in ([], every_rule(database)):
        foretold = told(database, capsys, "messages", *rules)
        done = told(database, capsys, "messages", "--apply", *rules)
        assert {key: foretold[key] for key in ("rows", "quarantined", "full")} == {
            key: done[key] for key in ("rows", "quarantined", "full")
        }
        # Before there are any places they are foretold by the order of the rows.
        assert rules or before == told(database, capsys, "reads")["policies"]
    foretold = told(database, capsys, "reads")
    assert told(database, capsys, "reads", "--apply")["rows"] == foretold["policies"]["first-unread"]["rows"]  # type: ignore[index]
    assert told(database, capsys, "messages")["rows"] == 0


def test_full_conversations_are_foretold(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    foretold = told(database, capsys, "messages")
    assert foretold["full"] == 2
    assert told(database, capsys, "messages", "--apply")["full"] == 2


def test_reads_are_foretold_with_what_is_in_quarantine(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    foretold = told(database, capsys, "reads")["policies"]
    run(database, "messages", "--apply")
    hidden = """
        select count(*) from public.chat_messages m join public.chat_conversation_reads r using (conversation_id,
          user_id)
        where m.role = 'bot' and m.is_read is not true and m.seq <= r.last_read_seq"""
    for policy in ("first-unread", "last-read"):
        done = told(database, capsys, "reads", "--apply", "--policy", policy)
        expected = foretold[policy]  # type: ignore[index]
        assert (done["rows"], database.one(hidden)) == (expected["rows"], expected["unread_hidden"])
        database.connection.execute("delete from public.chat_conversation_reads; delete from private.backfill_jobs")


def _cut_off(database: Database, *arguments: str) -> None:
    """Begin a run and kill it while it waits for a row, its first batch done."""
    with psycopg.connect(database.url) as other:
        # Of messages the last conversation's come last; of the conversations after a first batch some get markers.
        held, batch = ("id desc limit 1", "200") if arguments[0] == "messages" else ("id offset 10", "10")
        other.execute(
            "select from public.chat_conversations where id in"
            f" (select id from public.chat_conversations order by {held}) for update".encode()
        )
        with subprocess.Popen(
            command(database.url, *arguments, "--apply", "--batch", batch),
            cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        ) as process:  # fmt: skip
            begun = (
                "select exists (select from private.backfill_batches b"
                " join private.backfill_jobs j on j.id = b.job_id where j.status = 'running')"
            )
            until(lambda: database.one(begun) or process.poll() is not None)
            assert process.poll() is None
            process.kill()


def test_a_run_that_was_cut_off_is_gone_on_with_as_it_was_begun(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    _cut_off(database, "messages", "--map", "type:agent=bot/text")
    assert run(database, "messages", "--apply", "--map", "type:agent=bot/notice") == 1
    assert "Go on with the same ones: without --keep-content --map type:agent=bot/text" in capsys.readouterr().err
    assert database.rows("select outcome from private.legacy_rules where subject = 'type:agent'") == [("bot/text",)]
    assert run(database, "messages", "--apply", "--keep-content") == 1
    # Other rules beside them change nothing that was done: everything is gone through again.
    assert run(database, "messages", "--apply", "--map", "type:null=bot/text") == 3
    assert database.rows(
        "select distinct role, kind from public.chat_messages where type = 'agent' and role is not null"
    ) == [("bot", "text")]
    _cut_off(database, "reads", "--policy", "last-read")
    assert run(database, "reads", "--apply") == 1
    assert "--policy last-read" in capsys.readouterr().err
    assert run(database, "reads", "--apply", "--policy", "last-read") == 3


@pytest.mark.parametrize("step", [["verify"], ["messages"], ["messages", "--apply"], ["reads"], ["undo"]])
@pytest.mark.parametrize("rights", ["", "bypassrls"])
def test_a_role_that_may_not_says_so(
    database: Database, step: list[str], rights: str, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "munui_test_reader"
    role, password = sql.Identifier(name), "read-only-1"
    db = database.connection
    db.execute(sql.SQL("create role {} login password {} {}").format(role, sql.Literal(password), sql.SQL(rights)))
    try:
        db.execute(sql.SQL("grant usage on schema private to {}").format(role))
        db.execute(sql.SQL("grant select on all tables in schema public, private to {}").format(role))
        url = make_conninfo(database.url, user=name, password=password)
        assert backfill.main([*step, "--database-url", url]) == (3 if step == ["verify"] and rights == "none" else 1)
        said = capsys.readouterr()
        assert "Every rule holds" not in said.out
        assert said.err.count("\n") == 1
        assert ("Row level security holds" in said.err) == (not rights)
        assert migrate.main(["--legacy", "--database-url", url]) == 1
    finally:
        db.execute(sql.SQL("drop owned by {}").format(role))
        db.execute(sql.SQL("drop role {}").format(role))


@pytest.mark.parametrize(
    "rule",
    [
        "type:user=bot/text", "status:active=completed", "reason:status_unknown=bot/text",
        "reason:text_empty=user/text",
        "reason:conversation_without_owner=bot/text", "type:nosuch=bot/text", "status:nosuch=open",
    ],
)  # fmt: skip
def test_a_rule_without_effect_is_refused(database: Database, rule: str) -> None:
    assert run(database, "messages", "--map", rule) == 2
    assert run(database, "rules", "--apply", "--map", rule) == 2
    assert database.rows("select * from private.legacy_rules") == []


def test_rules_are_shown_and_withdrawn(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(database, "rules") == 0
    assert run(database, "rules", "--map", "type:agent=bot/text") == 0
    assert database.rows("select * from private.legacy_rules") == []
    assert run(database, "rules", "--map", "type:agent=bot/text", "--apply") == 0
    capsys.readouterr()
    assert run(database, "rules") == 0
    assert capsys.readouterr().out == "--map type:agent=bot/text\n"
    assert run(database, "rules", "--withdraw", "type:agent", "--apply") == 0
    assert database.rows("select * from private.legacy_rules") == []
    assert run(database, "rules", "--withdraw", "type:agent", "--apply") == 2


def test_a_rule_of_before_may_be_said_again(database: Database) -> None:
    assert run(database, "messages", "--apply", "--map", "type:agent=bot/text") == 3
    assert run(database, "messages", "--apply", "--map", "type:agent=bot/text") == 3


def test_the_pooler_is_noticed_in_the_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PGPORT", "6543")
    for tool in (backfill.main, migrate.main):
        assert (
            tool(
                [*(["verify"] if tool is backfill.main else []), "--database-url", "postgresql://u@127.0.0.1/postgres"]
            )
            == 2
        )
        assert "6543" in capsys.readouterr().err


def test_the_docs_hold_the_reasons_and_the_commands_of_the_code() -> None:
    text = (ROOT / "docs" / "migrating.md").read_text(encoding="utf-8")
    assert reasons_table() in text
    assert f"--to {EXPANDED}" in text
    steps = set(re.findall(r"scripts\.backfill (\w+)", text))
    assert steps == {"rules", "messages", "reads", "verify", "undo"}
    assert set(re.findall(r"`(\w+)`", reasons_table())) >= REASONS.keys()


def test_conversations_without_messages_count_too(stack: LocalStack, capsys: pytest.CaptureFixture[str]) -> None:
    with legacy_database(stack) as database:
        conversation(database)
        say(database, conversation(database, user_id=None), "user", "hi")
        database.migrate(EXPANDED)
        foretold = told(database, capsys, "messages")
        done = told(database, capsys, "messages", "--apply")
        assert (foretold["rows"], foretold["quarantined"]) == (done["rows"], done["quarantined"]) == (0, 2)
