"""The whole road on each shape that can be carried: both applications write, nothing is lost, the rights are ours."""

import uuid
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from scripts.catalogue.compare import differences
from scripts.catalogue.facts import facts
from scripts.legacy.shapes import CARRIED
from scripts.legacy_sample import Sample
from scripts.local import LocalStack
from scripts.local.paths import MIGRATIONS
from tests.concurrency import until
from tests.databases import copied_database
from tests.db.legacy import EXPANDED, Database, NewWriter, OldWriter, Writer, every_rule
from tests.db.matrix.tables import COMMANDS, PERSONAS, POLICIES, RIGHTS
from tests.db.matrix.trying import is_refused, mismatches, over_sql
from tests.db.matrix.world import build
from tests.db.shaped import run, shaped_database
from tests.db.test_policy_matrix import whole_again
from tests.stack import add_user

SAMPLE = Sample(rows=600, faults=0.08, users=8, seed=11)
# Every row of before is one of today's, with the same words or with words of which it is told where they are.
UNACCOUNTED = """
select w.id from was.messages w
left join public.chat_messages m on m.id = w.id
where m.id is null or m.conversation_id <> w.conversation_id or m.created_at <> w.created_at or m.user_id is null
  or m.kind in ('text', 'notice') and position(m.content in w.content) = 0
  or m.role <> case when w.type in ('user', 'bot', 'system') and btrim(w.content, E' \\t\\n\\u3000') <> '' then
    w.type else 'bot' end
  or m.kind in ('chips', 'form') and (m.payload is null or m.answer is null)
"""
_STATUSES = """
select c.id from was.conversations w join public.chat_conversations c using (id)
where c.status <> case when w.status in ('active', 'open') then 'open' else 'completed' end
"""
_OTHERS = (
    "select tablename::text, policyname::text, cmd, r::text from pg_policies, unnest(roles) r where tablename = any(%s)"
)


@pytest.fixture(params=["stack", "postgres15"], ids=["18", "15"])
def server(request: pytest.FixtureRequest) -> LocalStack:
    found: LocalStack = request.getfixturevalue(request.param)
    return found


def _own(database: Database) -> uuid.UUID:
    return uuid.UUID(add_user(database.connection))


def _conversation(database: Database, user: uuid.UUID) -> uuid.UUID:
    made: uuid.UUID = database.one("insert into public.chat_conversations (user_id) values (%s) returning id", [user])
    return made


def _writers(database: Database) -> list[Writer]:
    """An old one with a conversation of before, and a new one."""
    old, new = OldWriter(database.url, _own(database), 1), NewWriter(database.url, _own(database), 2)
    old.conversations = [_conversation(database, old.user)]
    return [old, new]


def _go_on_without_errors(writers: list[Writer]) -> None:
    assert [error for writer in writers for error in writer.errors] == []
    assert all(writer.writes > 0 for writer in writers)


@pytest.mark.parametrize("name", CARRIED)
def test_the_road(server: LocalStack, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    shape = CARRIED[name]
    with shaped_database(server, shape, SAMPLE) as database:
        database.connection.execute("create schema was")
        for table in ("messages", "conversations"):
            database.connection.execute(f"create table was.{table} as select * from public.chat_{table}".encode())
        assert run(database, "--check") == 0
        said = capsys.readouterr().out
        assert all(f". {thing}\n" in said for thing in shape.before_contract)
        policies = _policies(database)

        old, new = _writers(database)
        old.start()
        try:
            assert run(database, "--to", EXPANDED) == 0
            assert database.backfill("messages", "--apply", "--keep-content")[0] == 3
            new.start()
            assert database.backfill("reads", "--apply")[0] == 3
            # The old application's policies hold to its last day, ours beside them.
            assert policies - {("chat_messages", "insert_own", "INSERT", "public")} <= _policies(database) | _RENAMED
            assert run(database) == 1
        finally:
            old.stop()
        try:
            rules = every_rule(database)
            assert database.backfill("messages", "--apply", *rules)[0] == 0
            assert database.backfill("reads", "--apply")[0] == 0
            code, out, err = database.backfill("verify")
            assert code == 0, out + err
            accepted = [word for thing in shape.before_contract for word in ("--accept", thing)]
            if accepted:
                assert run(database) == 1
            assert run(database, *accepted) == 0, capsys.readouterr().err
            # And the new one has not noticed.
            seen = new.writes
            until(lambda: bool(new.writes >= seen + 3 or new.errors))
        finally:
            new.stop()
        _go_on_without_errors([old, new])

        assert database.rows(UNACCOUNTED) == []
        assert database.rows(_STATUSES) == []
        assert database.one("select count(*) from was.messages") == SAMPLE.rows
        assert _policies(database, sorted(RIGHTS)) == POLICIES
        assert _matrix(database) == []
        assert run(database) == 0


_RENAMED = {
    ("chat_conversations", "select_own", "SELECT", "public"), ("chat_conversations", "insert_own", "INSERT", "public"),
    ("chat_messages", "select_own", "SELECT", "public"), ("chat_messages", "insert_own", "INSERT", "public"),
}  # fmt: skip


def _policies(database: Database, tables: list[str] | None = None) -> set[Any]:
    return set(database.rows(_OTHERS, [tables or ["chat_conversations", "chat_messages"]]))


def _matrix(database: Database) -> list[str]:
    """What comes out otherwise than the product's own table of rights says."""
    with psycopg.connect(database.url) as db:
        world = build(db, add_user(db), add_user(db))
        cells = [(relation, command, persona) for relation in RIGHTS for command in COMMANDS for persona in PERSONAS]
        wrong = mismatches(db, over_sql(db), whole_again(db, world), cells, is_undone=is_refused)
        db.rollback()
        return wrong


def test_the_baseline_ends_where_the_main_line_does(server: LocalStack) -> None:
    with (
        shaped_database(server, CARRIED["baseline"]) as database,
        copied_database(server.db_url, migrations=MIGRATIONS) as url,
    ):
        database.migrate()
        with psycopg.connect(url) as main:
            assert differences(facts(main), facts(database.connection)) == []


def test_it_is_walked_by_an_owner_who_is_no_superuser(stack: LocalStack) -> None:
    with shaped_database(stack, CARRIED["own-policies"], Sample(rows=100, faults=0, users=3)) as database:
        db = database.connection
        db.execute("create role munui_test_owner login password 'owner-1' bypassrls")
        try:
            db.execute(f"grant create on database {db.info.dbname} to munui_test_owner".encode())
            db.execute("grant usage, create on schema public to munui_test_owner with grant option")
            db.execute("grant usage on schema auth to munui_test_owner")
            db.execute("grant select, references on auth.users to munui_test_owner")
            for table in ("chat_conversations", "chat_messages"):
                db.execute(f"alter table public.{table} owner to munui_test_owner".encode())
            url = make_conninfo(database.url, user="munui_test_owner", password="owner-1")
            with psycopg.connect(url, autocommit=True) as connection:
                own = Database(url, connection)
                assert run(own, "--check") == 0
                assert run(own, "--to", EXPANDED) == 0
                assert own.backfill("messages", "--apply")[0] == 0
                assert own.backfill("undo", "--apply")[0] == 0
                assert run(own, "--to", EXPANDED) == 0
                assert own.backfill("messages", "--apply")[0] == 0
                assert own.backfill("reads", "--apply")[0] == 0
                assert own.backfill("verify")[0] == 0
                assert run(own) == 0
            assert _policies(database, sorted(RIGHTS)) == POLICIES
        finally:
            db.execute("drop owned by munui_test_owner cascade")
            db.execute("drop role munui_test_owner")
