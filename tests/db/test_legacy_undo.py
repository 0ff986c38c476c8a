"""The way back before the contract step: exactly what the old application would have, also killed and repeated."""

import json
import subprocess
from collections.abc import Iterator

import psycopg
import pytest

from scripts import backfill
from scripts.legacy.shapes import CARRIED
from scripts.legacy_sample import Sample
from scripts.local import LocalStack
from scripts.local.paths import ROOT
from tests.concurrency import until
from tests.db.legacy import EXPANDED, Database, command, every_rule, legacy_database
from tests.db.shaped import shaped_database
from tests.db.test_legacy_contract import _legacy
from tests.db.test_legacy_rows import conversation, run, say
from tests.stack import add_user, persona


@pytest.fixture
def database(stack: LocalStack) -> Iterator[Database]:
    with legacy_database(stack) as made:
        yield made


def _texts(database: Database) -> list[tuple[str, str]]:
    return database.rows("select type, content from public.chat_messages order by created_at, id")


def test_an_edit_stays_an_edit(database: Database) -> None:
    user = add_user(database.connection)
    made = conversation(database, user_id=user)
    trimmed = say(database, made, "user", "  eins ", created_at="2024-01-01")
    chips = say(database, made, "chips", '{"chips": ["가"]}', created_at="2024-01-02")
    database.migrate(EXPANDED)
    assert run(database, "messages", "--apply") == 0
    with persona(database.connection, "authenticated", user):
        for message, words in ((trimmed, " zwei  "), (chips, '{"chips": ["나"]}')):
            database.connection.execute("update public.chat_messages set content = %s where id = %s", [words, message])
    assert run(database, "messages", "--apply") == 0
    assert run(database, "undo", "--apply") == 0
    assert _texts(database) == [("user", " zwei  "), ("chips", '{"chips": ["나"]}')]


def test_texts_that_were_changed_on_the_way_in_come_back_whole(database: Database) -> None:
    user = add_user(database.connection)
    database.migrate(EXPANDED)
    made = conversation(database, user_id=user)
    long = "x" * 5_000
    say(database, made, "user", long, created_at="2024-01-01")
    assert run(database, "messages", "--apply", "--map", "reason:text_too_long=cut") == 0
    with persona(database.connection, "authenticated", user):
        say(database, made, "user", long + " ", created_at="2024-01-02")
        say(database, made, "user", "\u3000hi\n", created_at="2024-01-03")
    assert database.rows("select char_length(content) from public.chat_messages order by created_at") == [
        (4_000,), (4_000,), (2,),
    ]  # fmt: skip
    assert run(database, "undo", "--apply") == 0
    assert _texts(database) == [("user", long), ("user", long + " "), ("user", "\u3000hi\n")]


def test_owners_of_a_rule_and_statuses_of_full_conversations(database: Database) -> None:
    nobodys = conversation(database, user_id=None)
    given = conversation(database, user_id=None)
    full, done = conversation(database), conversation(database)
    database.connection.execute(
        "insert into public.chat_messages (conversation_id, type, content)"
        " select %s, 'bot', 'x' from generate_series(1, 5001)",
        [full],
    )
    somebody, other = add_user(database.connection), add_user(database.connection)
    database.migrate(EXPANDED)
    assert run(database, "messages", "--apply", "--map", f"owner={somebody}") == 0
    database.connection.execute("update public.chat_conversations set user_id = %s where id = %s", [other, given])
    database.connection.execute("update public.chat_conversations set status = 'completed' where id = %s", [done])
    assert database.one("select status from public.chat_conversations where id = %s", [full]) == "completed"
    assert run(database, "undo", "--apply") == 0
    found = dict(database.rows("select id, (user_id::text, status)::text from public.chat_conversations"))
    assert found[nobodys] == "(,active)"
    assert found[given] == f"({other},active)"
    assert found[full].endswith(",active)")
    assert found[done].endswith(",completed)")


def test_it_says_first_what_it_will_do(stack: LocalStack, capsys: pytest.CaptureFixture[str]) -> None:
    with legacy_database(stack, Sample(rows=600, faults=0.1, users=5), expanded=True) as database:
        assert run(database, "messages", "--apply", *every_rule(database)) == 0
        capsys.readouterr()
        assert run(database, "undo", "--json") == 0
        foretold = json.loads(capsys.readouterr().out)
        assert run(database, "undo", "--apply", "--json") == 0
        done = json.loads(capsys.readouterr().out)
    assert {**foretold, "applied": True} == done
    assert min(done["texts"], done["statuses"], done["owners"]) > 0


def test_it_is_killed_and_repeated(stack: LocalStack) -> None:
    with legacy_database(stack, Sample(rows=4_000, faults=0.1, users=5)) as database:
        before = _legacy(database)
        database.migrate(EXPANDED)
        assert run(database, "messages", "--apply", *every_rule(database)) == 0
        # Where it is killed: while its last transaction waits for the tables.
        with psycopg.connect(database.url) as other:
            other.execute("select from public.chat_messages limit 1")
            with subprocess.Popen(
                command(database.url, "undo", "--apply"), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            ) as process:
                waits = (
                    "select exists (select from pg_locks where mode = 'AccessExclusiveLock' and not granted"
                    " and relation = 'public.chat_messages'::regclass)"
                )
                until(lambda: database.one(waits) or process.poll() is not None)
                assert process.poll() is None
                process.kill()
        # Neither forwards nor over the point of no return until it is at its end.
        assert run(database, "messages", "--apply") == 1
        with pytest.raises(Exception, match="way back was begun"):
            database.migrate()
        assert run(database, "undo", "--apply") == 0
        assert _legacy(database) == before
        database.migrate(EXPANDED)


def test_it_is_killed_before_the_last_steps_and_repeated(database: Database) -> None:
    before = _legacy(database)
    database.migrate(EXPANDED)
    assert run(database, "undo", "--apply") == 0
    database.connection.execute(
        "alter table public.chat_messages alter column content drop not null,"
        " add constraint chat_messages_content_present check (content is not null) not valid"
    )
    assert run(database, "undo", "--apply") == 0
    assert _legacy(database) == before


def test_after_the_contract_step_it_refuses(stack: LocalStack, capsys: pytest.CaptureFixture[str]) -> None:
    assert backfill.main(["undo", "--database-url", stack.db_url]) == 1
    assert backfill.main(["undo", "--apply", "--database-url", stack.db_url]) == 1
    assert "backup" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["dashboard", "more", "own-policies", "rls-off"])
def test_every_shape_has_its_way_back(stack: LocalStack, name: str) -> None:
    with shaped_database(stack, CARRIED[name], Sample(rows=200, faults=0.1, users=5)) as database:
        comment = "comment on column public.chat_messages.content is 'What was said.'"
        database.connection.execute(comment)
        database.migrate("20261101000010")
        before = {**_legacy(database), "comments": database.rows(_COMMENTS), "rights": database.rows(_RIGHTS)}
        database.migrate(EXPANDED)
        assert run(database, "messages", "--apply") == 3
        assert run(database, "undo", "--apply") == 0
        assert {**_legacy(database), "comments": database.rows(_COMMENTS), "rights": database.rows(_RIGHTS)} == before


_COMMENTS = """
select objoid::regclass::text, objsubid, description from pg_description
where classoid = 'pg_class'::regclass and objoid in ('public.chat_messages'::regclass,
  'public.chat_conversations'::regclass)
order by 1, 2
"""
_RIGHTS = """
select relname, relacl::text, relrowsecurity from pg_class where relnamespace = 'public'::regnamespace and relkind =
  'r' order by 1
"""
