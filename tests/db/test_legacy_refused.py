"""Live schemas that cannot be carried: named before the first change, and left as they are, byte for byte."""

import uuid

import pytest

from scripts.legacy import gate
from scripts.legacy.finding import When
from scripts.legacy.shapes import REFUSED
from scripts.legacy_sample import Sample
from scripts.local import LocalStack
from scripts.local.paths import LEGACY, MIGRATIONS
from tests.db.legacy import EXPANDED, Database
from tests.db.shaped import fingerprint, run, shaped_database
from tests.stack import become

SAMPLE = Sample(rows=60, faults=0.1, users=5)
# No command makes another kind of table or key of one.
INCURABLE = {"partitioned", "bigint", "view-for-a-table"}
# What a cure leaves to people, as it says.
MENDED = {"unproved": "delete from public.chat_messages where conversation_id is null"}


@pytest.fixture(params=["stack", "postgres15"], ids=["18", "15"])
def server(request: pytest.FixtureRequest) -> LocalStack:
    found: LocalStack = request.getfixturevalue(request.param)
    return found


def _stops(database: Database) -> list[tuple[str, str]]:
    found = gate.look(database.connection, LEGACY, MIGRATIONS).of(When.STOPS)
    return [(one.thing, one.cure) for one in found]


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_named_and_nothing_changes(server: LocalStack, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    shape = REFUSED[name]
    with shaped_database(server, shape, SAMPLE) as database:
        before = fingerprint(database)
        assert run(database, "--check") == 1
        said = capsys.readouterr().out
        assert run(database, "--to", EXPANDED) == 1
        refusal = capsys.readouterr().err
        assert fingerprint(database) == before
        for thing in shape.stops:
            assert f". {thing}\n" in said
            assert f". {thing}\n" in refusal
        assert len(_stops(database)) == len(shape.stops), _stops(database)
        assert "Nothing was changed." in said


@pytest.mark.parametrize("name", sorted(REFUSED.keys() - INCURABLE))
def test_the_cures_cure_it(server: LocalStack, name: str) -> None:
    with shaped_database(server, REFUSED[name], SAMPLE) as database:
        database.connection.execute(MENDED.get(name, "").encode())
        for _, cure in _stops(database):
            database.connection.execute(cure.encode())
        assert _stops(database) == []
        database.migrate(EXPANDED)
        _the_new_application_writes(database)


def test_a_cure_of_a_type_leaves_every_policy_and_index(server: LocalStack) -> None:
    said = """
        select schemaname, tablename, policyname, permissive, roles::text, cmd, qual is null, with_check is null
        from pg_policies union all select schemaname, tablename, indexname, '', '', '', true, true from pg_indexes
        where indexname = 'bots'"""
    with shaped_database(server, REFUSED["enum"], SAMPLE) as database:
        before = set(database.rows(said))
        for _, cure in _stops(database):
            database.connection.execute(cure.encode())
        assert set(database.rows(said)) == before
        assert database.one("select count(*) from pg_policies where qual || with_check like '%_type%'") == 0


def _the_new_application_writes(database: Database) -> None:
    user = uuid.uuid4()
    database.connection.execute("insert into auth.users (id) values (%s)", [user])
    with database.connection.transaction():
        become(database.connection, "authenticated", str(user))
        opened = database.one("select public.chat_open(%s) -> 'conversation' ->> 'id'", [uuid.uuid4()])
        database.connection.execute("select public.chat_send(%s, %s, 'hello')", [opened, uuid.uuid4()])
