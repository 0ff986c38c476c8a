"""The migration runner: by the official CLI's rules, one at a time, and safe to be run by anybody at any time."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import Connection, IsolationLevel

from scripts import migrate as command
from scripts.local import LocalStack
from scripts.local.scratch import scratch_database
from scripts.migrations.apply import Patience
from scripts.migrations.errors import MigrationError, UsageError
from scripts.migrations.runner import migrate, status
from tests.concurrency import PATIENCE, until

Write = Callable[[str, str], Path]


@pytest.fixture
def url(local: LocalStack) -> Iterator[str]:
    with scratch_database(local.db_url) as found:
        yield found


@pytest.fixture
def db(url: str) -> Iterator[Connection[Any]]:
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def _write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return _write


@pytest.fixture
def two(write: Write, tmp_path: Path) -> Path:
    write("20260101000000_first.sql", "-- why\ncreate table a (id int);\ninsert into a values (1);")
    write("20260101000100_second.sql", "alter table a add column name text;")
    write("README.md", "no migration")
    return tmp_path


def test_all_are_applied_in_order_and_once(url: str, db: Connection[Any], two: Path) -> None:
    said: list[str] = []
    assert [m.file for m in migrate(url, two, report=said.append)] == [
        "20260101000000_first.sql",
        "20260101000100_second.sql",
    ]
    assert any("first" in line for line in said)
    assert migrate(url, two) == []
    assert db.execute("select id, name from a").fetchall() == [(1, None)]


def test_the_history_is_the_official_clis(url: str, db: Connection[Any], two: Path) -> None:
    migrate(url, two)
    columns = db.execute(
        "select column_name, data_type, is_nullable from information_schema.columns "
        "where table_schema = 'supabase_migrations' and table_name = 'schema_migrations' order by 1"
    ).fetchall()
    assert columns == [("name", "text", "YES"), ("statements", "ARRAY", "YES"), ("version", "text", "NO")]
    rows = db.execute(
        "select version, name, statements from supabase_migrations.schema_migrations order by 1"
    ).fetchall()
    assert rows[0] == ("20260101000000", "first", ["-- why\ncreate table a (id int)", "insert into a values (1)"])


def test_it_stops_at_the_version_asked_for(url: str, two: Path) -> None:
    assert len(migrate(url, two, to="20260101000000")) == 1
    assert [row[2] for row in status(url, two)] == [True, False]
    assert len(migrate(url, two)) == 1
    with pytest.raises(UsageError, match="20269999"):
        migrate(url, two, to="20269999")


def test_a_dry_run_and_a_list_change_nothing(url: str, db: Connection[Any], two: Path) -> None:
    assert len(migrate(url, two, dry_run=True)) == 2
    assert [row[0] for row in status(url, two)] == ["20260101000000", "20260101000100"]
    assert db.execute("select to_regnamespace('supabase_migrations')").fetchone() == (None,)


def test_a_failing_file_is_rolled_back_and_named(url: str, db: Connection[Any], two: Path, write: Write) -> None:
    write("20260101000050_broken.sql", "create table b (id int);\n\ninsert into b values ('no number');")
    with pytest.raises(MigrationError, match=r"20260101000050_broken.sql, line 3: .*no number.*22P02"):
        migrate(url, two)
    assert db.execute("select to_regclass('a') is not null, to_regclass('b')").fetchone() == (True, None)
    assert [row[2] for row in status(url, two)] == [True, False, False]


def test_an_edited_file_is_refused_by_name(url: str, two: Path, write: Write) -> None:
    migrate(url, two)
    write("20260101000100_second.sql", "alter table a add column name varchar;")
    for dry_run in (False, True):
        with pytest.raises(MigrationError, match="20260101000100_second.sql was edited"):
            migrate(url, two, dry_run=dry_run)


def test_line_endings_are_no_edit(url: str, two: Path) -> None:
    migrate(url, two)
    first = two / "20260101000000_first.sql"
    first.write_bytes(first.read_bytes().replace(b"\n", b"\r\n"))
    assert migrate(url, two) == []


@pytest.mark.parametrize("statements", [["-- why\ncreate table a (id int)", "insert into a values (1)  "], None])
def test_a_history_of_the_official_cli_is_taken_over(
    url: str, db: Connection[Any], two: Path, write: Write, statements: list[str] | None
) -> None:
    db.execute("create schema supabase_migrations")
    db.execute(
        "create table supabase_migrations.schema_migrations (version text primary key, statements text[], name text)"
    )
    db.execute("create table a (id int)")
    db.execute("insert into supabase_migrations.schema_migrations values ('20260101000000', %s, 'first')", [statements])
    assert [m.version for m in migrate(url, two)] == ["20260101000100"]
    write("20260101000000_first.sql", "create table a (id bigint);")
    with pytest.raises(MigrationError, match="first.sql was edited"):
        migrate(url, two)


def test_a_history_of_the_cli_with_other_statements_is_refused(url: str, db: Connection[Any], two: Path) -> None:
    db.execute("create schema supabase_migrations")
    db.execute("create table supabase_migrations.schema_migrations (version text primary key, statements text[])")
    db.execute("alter table supabase_migrations.schema_migrations add name text")
    db.execute("insert into supabase_migrations.schema_migrations values ('20260101000000', '{select 1}', 'first')")
    with pytest.raises(MigrationError, match="first.sql was edited"):
        migrate(url, two)


def test_a_missing_file_and_one_that_comes_too_late_are_refused(url: str, two: Path, write: Write) -> None:
    migrate(url, two)
    late = write("20260101000050_late.sql", "select 1;")
    with pytest.raises(MigrationError, match="late.sql comes before"):
        migrate(url, two)
    late.unlink()
    (two / "20260101000100_second.sql").unlink()
    with pytest.raises(MigrationError, match="20260101000100_second, but there is no such file"):
        migrate(url, two)


def test_two_files_of_one_version_are_refused(url: str, two: Path, write: Write) -> None:
    write("20260101000100_other.sql", "select 1;")
    with pytest.raises(MigrationError, match="same version"):
        migrate(url, two)


def test_a_file_may_not_end_its_transaction(url: str, two: Path, write: Write) -> None:
    write("20260101000200_control.sql", "select 1;\ncommit;")
    with pytest.raises(MigrationError, match=r"control.sql, line 2"):
        migrate(url, two)


def test_a_concurrent_index_is_built_outside(url: str, db: Connection[Any], two: Path, write: Write) -> None:
    write("20260101000200_index.sql", "comment on table a is 'x';\ncreate index concurrently a_id on a (id);")
    migrate(url, two)
    assert db.execute("select indisvalid from pg_index where indexrelid = 'a_id'::regclass").fetchone() == (True,)
    assert all(row[2] for row in status(url, two))


def test_what_a_file_sets_does_not_reach_the_next(url: str, db: Connection[Any], write: Write, tmp_path: Path) -> None:
    write("1_a.sql", "set lock_timeout = '1ms'; set search_path = pg_catalog;")
    write(
        "2_b.sql",
        "create table public.seen as select current_setting('lock_timeout') as t, current_setting('search_path') as p;",
    )
    migrate(url, tmp_path, patience=Patience(lock_timeout_ms=1234))
    row = db.execute("select * from public.seen").fetchone()
    assert row is not None
    assert row[0] == "1234ms"
    assert "public" in row[1]


def test_four_runners_apply_each_file_once(url: str, db: Connection[Any], write: Write, tmp_path: Path) -> None:
    write("1_held.sql", "create table runs (n int); select pg_advisory_xact_lock(1);")
    write("2_more.sql", "insert into runs values (1);")
    said: list[str] = []
    patience = Patience(lock_timeout_ms=int(PATIENCE * 1000), runner_seconds=PATIENCE)
    with ThreadPoolExecutor(4) as pool:
        # Held up until the three others have come and wait for it.
        db.execute("select pg_advisory_lock(1)")
        runs = [pool.submit(migrate, url, tmp_path, patience=patience, report=said.append) for _ in range(4)]
        until(lambda: sum("Another runner" in line for line in said) == 3)
        db.execute("select pg_advisory_unlock(1)")
        assert sorted(len(run.result()) for run in runs) == [0, 0, 0, 2]
    assert db.execute("select count(*) from runs").fetchone() == (1,)
    assert sum("Another runner" in line for line in said) == 3


def test_a_second_runner_gives_up_in_time(url: str, db: Connection[Any], two: Path) -> None:
    from scripts.migrations import session

    db.execute("select pg_advisory_lock(%s)", [session._LOCK])
    with pytest.raises(MigrationError, match="Another runner"):
        migrate(url, two, patience=Patience(runner_seconds=0.3))


def test_a_taken_lock_is_tried_again_and_not_waited_for(url: str, db: Connection[Any], two: Path) -> None:
    migrate(url, two, to="20260101000000")
    said: list[str] = []
    with psycopg.connect(url) as holder:
        holder.execute("lock table a in access share mode")

        def told(line: str) -> None:
            said.append(line)
            if "attempt 2 of 10" in line:
                holder.rollback()

        migrate(url, two, patience=Patience(lock_timeout_ms=100, pause_seconds=0.1), report=told)
    assert any("attempt 1 of 10" in line for line in said)


@pytest.mark.parametrize("how", ["", "if not exists "])
def test_an_index_whose_build_failed_is_built_anew(
    url: str, db: Connection[Any], two: Path, write: Write, how: str
) -> None:
    migrate(url, two)
    write("20260101000200_index.sql", f"create index concurrently {how}a_id on a (id);")

    def told(line: str) -> None:
        if "attempt 2 of 10" in line:
            reader.rollback()

    with psycopg.connect(url) as reader:
        reader.isolation_level = IsolationLevel.REPEATABLE_READ
        reader.execute("select count(*) from a")
        migrate(url, two, patience=Patience(lock_timeout_ms=100, pause_seconds=0.1), report=told)
    assert db.execute("select indisvalid from pg_index where indexrelid = 'a_id'::regclass").fetchone() == (True,)


def test_a_lock_that_stays_taken_ends_the_run(url: str, two: Path) -> None:
    migrate(url, two, to="20260101000000")
    with psycopg.connect(url) as holder:
        holder.execute("lock table a in access share mode")
        with pytest.raises(MigrationError, match=r"second.sql: no lock was to be had in 2 attempts"):
            migrate(url, two, patience=Patience(lock_timeout_ms=50, attempts=2, pause_seconds=0.05))
    assert [row[2] for row in status(url, two)] == [True, False]


@contextmanager
def vacuumed(local: LocalStack, db: Connection[Any]) -> Iterator[None]:
    """A block in which autovacuum is at a table `a`, and would be for minutes."""
    db.execute("alter table a set (autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1)")
    db.execute("insert into a select 1 from generate_series(1, 100000)")
    with psycopg.connect(local.db_url, autocommit=True) as server:
        server.execute("alter system set autovacuum_naptime = '1s'")
        server.execute("select pg_reload_conf()")
        try:
            there = "select exists (select from pg_stat_progress_vacuum where relid = 'a'::regclass)"
            until(lambda: db.execute(there).fetchone() == (True,))
            yield
        finally:
            server.execute("alter system reset autovacuum_naptime")
            server.execute("select pg_reload_conf()")


def test_autovacuum_gives_way(url: str, db: Connection[Any], two: Path, local: LocalStack) -> None:
    migrate(url, two, to="20260101000000")
    with vacuumed(local, db):
        migrate(url, two, patience=Patience(lock_timeout_ms=100, attempts=3, pause_seconds=0.05))
    assert all(row[2] for row in status(url, two))


def test_the_commands_exit_codes(url: str, two: Path, write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    base = ["--database-url", url, "--folder", str(two)]
    assert command.main([*base, "--list"]) == 0
    assert capsys.readouterr().out.count("pending") == 2
    assert command.main([*base, "--dry-run"]) == 0
    assert "would apply 20260101000000_first.sql" in capsys.readouterr().out
    assert command.main([*base, "--to", "20260101000000"]) == 0
    assert command.main([*base, "--to", "7"]) == 2
    assert command.main(base) == 0
    assert command.main(base) == 0
    assert "up to date" in capsys.readouterr().out
    write("20260101000100_second.sql", "select 2;")
    assert command.main(base) == 1
    assert "second.sql was edited" in capsys.readouterr().err
    with pytest.raises(SystemExit) as wrong:
        command.main(["--nonsense"])
    assert wrong.value.code == 2


@pytest.mark.parametrize(
    ("url", "code", "says"),
    [
        ("postgresql://postgres:hidden@127.0.0.1:6543/postgres", 2, "transaction pooler"),
        ("postgresql://postgres:hidden@127.0.0.1:1/postgres", 1, "cannot be reached"),
        ("http://hidden/", 2, "not one that Postgres takes"),
    ],
)
def test_a_wrong_database_is_told_without_its_password(
    url: str, code: int, says: str, two: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["--database-url", url, "--folder", str(two)]) == code
    said = capsys.readouterr().err
    assert says in said
    assert "hidden" not in said


def test_the_products_migrations_need_no_superuser(local: LocalStack) -> None:
    """Hosted, `postgres` is none: here a role with the same attributes owns the database and applies them all."""
    from psycopg import sql
    from psycopg.conninfo import make_conninfo

    from scripts.local.paths import MIGRATIONS

    with scratch_database(local.db_url) as url, psycopg.connect(url, autocommit=True) as server:
        name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
        role = f"hosted_{name}"
        server.execute(
            sql.SQL("create role {} login createrole createdb bypassrls password 'x'").format(sql.Identifier(role))
        )
        try:
            for grant in (
                "alter database {db} owner to {role}",
                "alter schema public owner to {role}",
                "grant anon, authenticated, service_role to {role} with admin option",
                "grant usage on schema auth, extensions to {role}",
                "grant all on all tables in schema auth to {role}",
            ):
                names = {"db": sql.Identifier(str(name)), "role": sql.Identifier(role)}
                server.execute(sql.SQL(grant).format(**names))
            assert migrate(make_conninfo(url, user=role, password="x"), MIGRATIONS)
        finally:
            server.execute(sql.SQL("reassign owned by {} to postgres").format(sql.Identifier(role)))
            server.execute(sql.SQL("drop owned by {}").format(sql.Identifier(role)))
            server.execute(sql.SQL("drop role {}").format(sql.Identifier(role)))
