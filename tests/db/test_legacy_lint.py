"""The rule that no migration changes a whole table's rows."""

import pytest

from scripts.lint_sql import faults
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
