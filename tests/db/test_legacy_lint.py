"""The rules that no migration changes a whole table's rows, and that none makes writers fail."""

from pathlib import Path

import pytest

from scripts.lint_sql import faults, long_waits, main, stands_in_line
from scripts.local.paths import LEGACY, MIGRATIONS


def test_no_migration_of_ours_does() -> None:
    assert [
        (file.name, *fault)
        for folder in (MIGRATIONS, LEGACY)
        for file in folder.glob("*.sql")
        for fault in faults(file.read_text())
    ] == []


@pytest.mark.parametrize(
    "statement",
    [
        "update public.chat_messages set role = 'bot'",
        "update only t\n set a = 1 where b",
        "delete from t where true",
        "truncate t",
        "with a as (update t set b = 1 returning b) select b from a",
        "do $$ begin delete from t; end $$",
        "do language plpgsql $x$ begin update t set a = 1; end $x$",
        "insert into t select 1; update t set a = 2;",
    ],
)
def test_it_finds(statement: str) -> None:
    assert len(list(faults(statement))) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "create function f() returns void language sql as $$ update t set a = 1 $$",
        "create or replace function f() returns trigger language plpgsql as $$ begin delete from t; end $$",
        "create trigger g after insert or update or delete on t execute function f()",
        "alter table t add foreign key (a) references b on update set null on delete set null",
        "grant select, insert, update, delete on t to r",
        "grant update (a) on t to r",
        "revoke delete on t from r",
        "insert into t values (1) on conflict (a) do update set a = 2",
        "comment on table t is 'update t set a = 1'",
        "create policy p on t for update using (true)",
        "do $$ begin perform 1 from t for update; end $$",
        "-- delete from t\nselect 1",
    ],
)
def test_it_leaves_alone(statement: str) -> None:
    assert list(faults(statement)) == []


def test_no_migration_of_ours_stands_in_line() -> None:
    later = [file for file in MIGRATIONS.glob("*.sql") if stands_in_line(file)]
    assert later
    assert [(file.name, line) for file in later for line in long_waits(file.read_text())] == []


ALTERS = "alter table public.chat_messages add column a text"


@pytest.mark.parametrize(
    "statement",
    [
        ALTERS,
        "alter table only chat_conversations add column a text",
        "create trigger t before insert on public.chat_messages for each row execute function f()",
        "create or replace trigger t before update of a on public.chat_messages for each row execute function f()",
        "drop trigger if exists t on public.chat_conversations",
        "create policy p on public.chat_messages using (true)",
        "alter policy p on public.chat_conversations using (true)",
        "drop policy p on public.chat_messages",
        "do $$ begin alter table public.chat_messages validate constraint c; end $$",
        f"{ALTERS}; set local lock_timeout = '500ms'",
        f"set local lock_timeout = '4s'; {ALTERS}",
    ],
)
def test_it_finds_what_stands_in_line(statement: str) -> None:
    assert len(list(long_waits(statement))) == 1


@pytest.mark.parametrize(
    "statement",
    [
        f"-- why\nset local lock_timeout = '500ms'; {ALTERS}",
        "alter table public.chat_inquiries add column a text",
        "alter table public.chat_messages_of_before add column a text",
        "create or replace view public.v as select 1 from public.chat_messages",
        f"create function f() returns void language plpgsql as $$ begin {ALTERS}; end $$",
        f"-- {ALTERS}\nselect 1",
        f"comment on table t is '{ALTERS}'",
    ],
)
def test_it_lets_through_what_does_not(statement: str) -> None:
    assert list(long_waits(statement)) == []


def test_the_command_says_which_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "migrations").mkdir()
    file = tmp_path / "migrations" / "20270101000000_more.sql"
    file.write_text(f"-- more\n{ALTERS};\n")
    assert main([str(file)]) == 1
    assert f"{file}:" in capsys.readouterr().out
    file.write_text(f"set local lock_timeout = '500ms';\n{ALTERS};\n")
    assert main([str(file)]) == 0
