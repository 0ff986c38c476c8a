"""The look itself: its data is the baseline's, its names are the migrations', and what is no shape is named too."""

from collections.abc import Iterator
from typing import Any

import pytest

from scripts.legacy import gate
from scripts.legacy.finding import Finding, When
from scripts.legacy.known import COLUMNS, EVENT_TRIGGERS, FOREIGN_KEYS, INDEXES
from scripts.legacy.ours import names
from scripts.legacy.preflight import preflight
from scripts.legacy.shapes import CARRIED, SHAPES
from scripts.local import LocalStack
from scripts.local.paths import LEGACY, MIGRATIONS
from scripts.migrations.files import read_folder
from tests.db.legacy import BASELINE, EXPANDED, Database
from tests.db.shaped import fingerprint, run, shaped_database


@pytest.fixture
def database(stack: LocalStack) -> Iterator[Database]:
    with shaped_database(stack, CARRIED["baseline"]) as made:
        yield made


def found(database: Database, when: When = When.STOPS) -> list[Finding]:
    return gate.look(database.connection, LEGACY, MIGRATIONS).of(when)


def things(database: Database, when: When = When.STOPS) -> list[str]:
    return [one.thing for one in found(database, when)]


def test_its_data_is_the_baselines(database: Database) -> None:
    database.migrate(BASELINE)
    for table, columns in COLUMNS.items():
        of_table = (
            "select a.attname, format_type(a.atttypid, a.atttypmod) from pg_attribute a where a.attrelid = %s::regclass"
        )
        assert dict(database.rows(f"{of_table} and attnum > 0", [f"public.{table}"])) == columns
        keys = "select pg_get_constraintdef(oid) from pg_constraint where conrelid = %s::regclass and contype = 'f'"
        assert all(row[0].startswith(FOREIGN_KEYS[table]) for row in database.rows(keys, [f"public.{table}"]))
    for name, definition in INDEXES.items():
        assert database.one("select pg_get_indexdef(to_regclass(%s))", [f"public.{name}"]).endswith(definition)
    assert found(database) == []


def test_it_knows_the_names_of_everything_that_is_made(database: Database) -> None:
    made = """
        select 'relation', relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r',
          'v', 'i')
          and not exists (select from pg_constraint k where k.conindid = pg_class.oid)
        union all select 'function', proname from pg_proc where pronamespace = 'public'::regnamespace
        union all select 'schema', nspname from pg_namespace where nspname !~ '^pg_'
        union all select 'trigger', tgname from pg_trigger where not tgisinternal and tgrelid::regclass::text ~ '^chat_'
        union all select 'column', attrelid::regclass || '.' || attname from pg_attribute
          where attrelid::regclass::text in ('chat_messages', 'chat_conversations') and attnum > 0 and not attisdropped
        union all select 'constraint', conrelid::regclass || '.' || conname from pg_constraint
          where conrelid::regclass::text in ('chat_messages', 'chat_conversations') and contype <> 'n'"""
    before = set(database.rows(made))
    database.migrate("20261101003100")
    ours = names([*read_folder(LEGACY), *read_folder(MIGRATIONS)])
    known = (
        {("relation", name) for name in ours.relations | INDEXES.keys()}
        | {("function", name) for name in ours.functions}
        | {("schema", name) for name in ours.schemas | {"supabase_migrations"}}
        | {("trigger", name) for name in ours.triggers}
        | {("column", f"{table}.{name}") for table, name in ours.columns}
        | {("constraint", f"{table}.{name}") for table, name in ours.constraints}
    )
    assert set(database.rows(made)) - before - known == set()
    # And of all that none is in its own way.
    assert found(database) == []


def test_a_table_of_every_name_of_ours_is_refused(database: Database) -> None:
    ours = names([*read_folder(LEGACY), *read_folder(MIGRATIONS)])
    for name in sorted(ours.relations):
        database.connection.execute(f"create table public.{name} (id int)".encode())
    assert set(things(database)) == {f"table {name}" for name in ours.relations}


M, C = "public.chat_messages", "public.chat_conversations"
READ_ONLY = """
do $$ begin
  execute format('alter database %I set default_transaction_read_only = on', current_database());
end $$"""
CUT_OFF = f"""
create index late on {M} (is_read);
update pg_index set indisvalid = false where indexrelid = 'public.late'::regclass"""
# What is done to the baseline, and what is to be named.
ELSE = {
    "read-only": (READ_ONLY, "setting default_transaction_read_only = on"),
    "switched off": (f"alter table {M} disable trigger all", f"table {M}"),
    "one each": (f"alter table {C} add unique (user_id)", f"constraint chat_conversations_user_id_key on {C}"),
    "no reference": (f"alter table {M} drop constraint chat_messages_conversation_id_fkey", f"table {M}"),
    "cut off": (CUT_OFF, "index public.late"),
    "long texts": (f"create index on {M} (content)", "index public.chat_messages_content_idx"),
    "no default": (f"alter table {M} alter column id drop default", f"column id of {M}"),
    "unknown word": (f"alter table {C} alter column status set default 'pending'", f"column status of {C}"),
    "missing": (f"alter table {C} drop column updated_at", f"column updated_at of {C}"),
}


@pytest.mark.parametrize("name", ELSE)
def test_what_else_is_named_and_changes_nothing(stack: LocalStack, name: str) -> None:
    done, thing = ELSE[name]
    with shaped_database(stack, CARRIED["baseline"]) as database:
        database.connection.execute(done.encode())
        # A setting of the database holds for sessions to come.
        with_new = Database(database.url, _again(database))
        before = fingerprint(with_new)
        assert things(with_new) == [thing]
        assert run(with_new, "--to", EXPANDED) == 1
        assert fingerprint(with_new) == before
        with_new.connection.close()


def _again(database: Database) -> Any:
    import psycopg

    return psycopg.connect(database.url, autocommit=True)


def test_rights_by_way_of_another_role_and_of_a_stranger(stack: LocalStack) -> None:
    with shaped_database(stack, CARRIED["baseline"]) as database:
        db = database.connection
        db.execute("create role munui_test_writer; grant update (content) on public.chat_messages to munui_test_writer")
        try:
            assert things(database) == []
            assert "rights of munui_test_writer on public.chat_messages" in things(database, When.NOTE)
            db.execute("grant munui_test_writer to authenticated")
            assert things(database) == ["rights of munui_test_writer on public.chat_messages"]
            db.execute(found(database)[0].cure.encode())
            assert things(database) == []
        finally:
            db.execute("drop owned by munui_test_writer; drop role munui_test_writer")


def test_what_a_hosted_project_has_of_its_own_is_no_finding(database: Database) -> None:
    db = database.connection
    db.execute("create function public.watch() returns event_trigger language plpgsql as 'begin end'")
    for name in sorted(EVENT_TRIGGERS):
        db.execute(f"create event trigger {name} on ddl_command_end execute function public.watch()".encode())
    assert things(database) == []


def test_a_function_may_be_accepted_and_a_trigger_may_not(stack: LocalStack) -> None:
    with shaped_database(stack, SHAPES["functions"]) as database:
        database.connection.execute(SHAPES["touch-trigger"].sql.encode())
        files = [*read_folder(LEGACY), *read_folder(MIGRATIONS)]
        accepted = ["function mark_as_read(uuid)", "trigger set_updated_at on public.chat_conversations"]
        looked = preflight(database.connection, files, is_begun=False, accepted=accepted)
        assert [one.thing for one in looked.standing_in_the_way(contract=True)] == [accepted[1]]


def test_a_function_that_holds_a_column_that_goes_is_never_accepted(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    database.connection.execute(
        "create function public.kinds() returns setof text language sql begin atomic select type from "
        "public.chat_messages; end"
    )
    thing = "function kinds()"
    assert run(database, "--check") == 0
    before = fingerprint(database)
    assert run(database, "--check", "--accept", thing) == 1
    assert run(database, "--to", EXPANDED, "--accept", thing) == 1
    assert f"1. {thing}\n" in capsys.readouterr().err
    assert fingerprint(database) == before
    (one,) = found(database, When.BEFORE_CONTRACT)
    database.connection.execute(one.cure.encode())
    assert found(database, When.BEFORE_CONTRACT) == []


def test_check_and_accept_are_of_the_legacy_line(stack: LocalStack) -> None:
    from scripts import migrate

    for word in (["--check"], ["--accept", "x"]):
        with pytest.raises(SystemExit) as ended:
            migrate.main([*word, "--database-url", stack.db_url])
        assert ended.value.code == 2


def test_past_the_contract_step_nothing_is_in_the_way(stack: LocalStack) -> None:
    from scripts import migrate

    assert migrate.main(["--legacy", "--check", "--database-url", stack.db_url]) == 0
