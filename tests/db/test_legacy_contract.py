"""The point of no return, and the way back before it."""

import uuid

import pytest

from scripts import backfill
from scripts.legacy import gate
from scripts.legacy.finding import When
from scripts.legacy_sample import Sample
from scripts.local import LocalStack
from scripts.local.paths import LEGACY, MIGRATIONS, ROOT
from scripts.migrations.errors import MigrationError
from tests.databases import copied_database
from tests.db.legacy import BASELINE, EXPANDED, Database, NewWriter, OldWriter, every_rule, legacy_database
from tests.stack import add_user, become, become_superuser, persona


def run(database: Database, *arguments: str) -> int:
    return backfill.main([*arguments, "--database-url", database.url])


def test_it_refuses_until_everything_is_carried_over(stack: LocalStack) -> None:
    with legacy_database(stack, Sample(rows=400, faults=0.1, users=5), expanded=True) as database:
        with pytest.raises(MigrationError, match=r"not carried over. Run: python -m scripts.backfill messages --apply"):
            database.migrate()
        assert run(database, "messages", "--apply", "--keep-content") == 3
        with pytest.raises(MigrationError, match="in quarantine"):
            database.migrate()
        assert run(database, "messages", "--apply", "--keep-content", *every_rule(database)) == 0
        with pytest.raises(MigrationError, match="JSON"):
            database.migrate()
        assert run(database, "messages", "--apply") == 0
        with pytest.raises(MigrationError, match=r"Run: python -m scripts.backfill reads --apply"):
            database.migrate()
        assert run(database, "reads", "--apply") == 0
        database.migrate()
        assert database.one("select count(*) from public.chat_messages") == 400


def test_an_empty_legacy_database_needs_no_backfill(stack: LocalStack) -> None:
    with copied_database(stack.db_url, migrations=LEGACY, legacy_of=MIGRATIONS):
        pass


def _legacy(database: Database) -> dict[str, object]:
    """The legacy client's view of everything, and the shape of its tables."""
    return {
        "messages": database.rows(
            "select id, conversation_id, type, content, is_read, created_at from public.chat_messages order by id"
        ),
        "conversations": database.rows(
            "select id, user_id, status, created_at, updated_at from public.chat_conversations order by id"
        ),
        "columns": database.rows(
            "select table_name, column_name, data_type, is_nullable, column_default from information_schema.columns"
            " where table_schema = 'public' order by 1, 2"
        ),
        "constraints": database.rows(
            "select conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated from pg_constraint"
            " where connamespace = 'public'::regnamespace and contype <> 'n' order by 1, 2"
        ),
        "indexes": database.rows("select indexdef from pg_indexes where schemaname = 'public' order by 1"),
        "triggers": database.rows(
            "select tgname from pg_trigger where not tgisinternal and tgrelid in"
            " (select oid from pg_class where relnamespace = 'public'::regnamespace)"
        ),
        "functions": database.rows("select proname from pg_proc where pronamespace = 'public'::regnamespace"),
        "policies": database.rows("select tablename, policyname, cmd, qual, with_check from pg_policies order by 1, 2"),
    }


def test_the_way_back_leads_where_we_came_from_and_forwards_again(stack: LocalStack) -> None:
    with legacy_database(stack, Sample(rows=600, faults=0.1, users=5)) as database:
        before = _legacy(database)
        database.migrate(EXPANDED)
        assert run(database, "messages", "--apply", *every_rule(database)[:2]) == 3
        assert run(database, "reads", "--apply") == 3
        assert run(database, "undo", "--apply") == 0
        # Only owners and nothing else were given by a rule here; texts, statuses and shapes are back.
        assert _legacy(database) == before
        database.migrate(EXPANDED)
        assert run(database, "messages", "--apply", *every_rule(database)) == 0
        assert run(database, "reads", "--apply") == 0
        database.migrate()


def test_the_way_back_keeps_what_the_new_application_wrote(stack: LocalStack) -> None:
    with legacy_database(stack, expanded=True) as database:
        user = add_user(database.connection)
        with persona(database.connection, "authenticated", user):
            turn = database.one("select public.chat_open(%s)", [uuid.uuid4()])
            conversation = turn["conversation"]["id"]
            database.one("select public.chat_send(%s, %s, 'neu')", [conversation, uuid.uuid4()])
        database.connection.execute(
            "insert into public.chat_messages (conversation_id, user_id, role, kind, payload, client_message_id)"
            " values (%s, %s, 'bot', 'chips', '{\"chips\": []}', gen_random_uuid())",
            [conversation, user],
        )
        database.connection.execute(
            "insert into public.chat_inquiries (client_inquiry_id, flow_version, step_id, values)"
            " values (gen_random_uuid(), 'v', 's', '{}')"
        )
        assert run(database, "undo", "--apply") == 0
        assert database.rows("select type, content from public.chat_messages order by created_at") == [
            ("user", "neu"),
            ("chips", '{"chips": []}'),
        ]
        assert database.one("select status from public.chat_conversations") == "active"
        kept = database.one("select tablename from pg_tables where schemaname = 'munui_undone'")
        assert database.one(f"select count(*) from munui_undone.{kept}") == 1
        with persona(database.connection, "authenticated", user):
            database.connection.execute(
                "insert into public.chat_messages (conversation_id, type, content) values (%s, 'user', 'alt')",
                [conversation],
            )
        database.migrate(EXPANDED)


def test_an_index_that_was_cut_off_is_built_again(stack: LocalStack) -> None:
    with legacy_database(stack) as database:
        database.migrate("20261101000500")
        database.connection.execute("create index chat_messages_seq_key on public.chat_messages (id)")
        database.connection.execute(
            "update pg_index set indisvalid = false where indexrelid = 'public.chat_messages_seq_key'::regclass"
        )
        database.migrate(EXPANDED)
        assert database.rows(
            "select indisvalid, indisunique from pg_index where indexrelid = 'public.chat_messages_seq_key'::regclass"
        ) == [(True, True)]


def test_the_expand_half_ends_where_the_commands_say() -> None:
    assert max(file.name for file in LEGACY.glob("*_expand_*.sql")).startswith(EXPANDED)
    assert EXPANDED in (ROOT / "docs" / "migrating.md").read_text(encoding="utf-8")


def test_the_baseline_is_what_the_others_begin_from() -> None:
    assert min(file.name for file in LEGACY.glob("*legacy_indexes.sql")).startswith(BASELINE)


# What can come to a live database between the look and the last step, each in the way of another statement of it.
LATE = {
    "a view": "create view public.late as select type from public.chat_messages",
    "a generated column": """
        alter table public.chat_messages add column late boolean generated always as (type = 'bot') stored""",
    "a publication": "create publication late for table public.chat_messages (id, is_read)",
    "a trigger": """
        create function public.late() returns trigger language plpgsql as 'begin new.updated_at = now(); return new;
          end';
        create trigger late before update on public.chat_conversations for each row execute function public.late()""",
    "a policy elsewhere": """
        create table public.late (id uuid);
        create policy late on public.late using (exists (select from public.chat_messages m where m.is_read))""",
}


def _both_go_on(database: Database, old: uuid.UUID, new: uuid.UUID) -> None:
    """Everything that either application does, faulty rows of the old one included."""
    for writer in (OldWriter(database.url, old, 3), NewWriter(database.url, new, 4)):
        for _ in range(25):
            with database.connection.transaction():
                become(database.connection, "authenticated", str(writer.user))
                writer.write(database.connection)
                become_superuser(database.connection)


@pytest.mark.parametrize("name", LATE)
@pytest.mark.parametrize("is_seen", [True, False], ids=["before it begins", "under way"])
def test_whatever_stops_it_both_applications_go_on(
    stack: LocalStack, name: str, is_seen: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with legacy_database(stack, Sample(rows=200, faults=0, users=5), expanded=True) as database:
        old, new = (uuid.UUID(add_user(database.connection)) for _ in range(2))
        assert run(database, "messages", "--apply") == 0
        assert run(database, "reads", "--apply") == 0
        database.connection.execute(LATE[name].encode())
        if not is_seen:
            monkeypatch.setattr(gate, "check", lambda *_: None)
        if is_seen or name != "a trigger":
            with pytest.raises(MigrationError, match="late"):
                database.migrate()
            monkeypatch.undo()
            _both_go_on(database, old, new)
            found = gate.look(database.connection, LEGACY, MIGRATIONS).of(When.STOPS)
            assert len(found) == 1
            database.connection.execute(found[0].cure.encode())
        else:
            monkeypatch.undo()
            database.connection.execute("drop trigger late on public.chat_conversations")
        rules = ("type:null=bot/text", "reason:payload_not_json=bot/notice", "reason:text_empty=system/notice")
        run(database, "messages", "--apply")
        for rule in rules:
            run(database, "messages", "--apply", "--map", rule)  # fmt: skip
        assert run(database, "messages", "--apply") == 0
        assert run(database, "reads", "--apply") == 0
        database.migrate()


@pytest.mark.parametrize("last", ["20261101003055", "20261101003100"])
def test_halfway_to_it_there_is_a_way_back_and_both_write(stack: LocalStack, last: str) -> None:
    with legacy_database(stack, Sample(rows=200, faults=0, users=5)) as database:
        before = _legacy(database)
        database.migrate(EXPANDED)
        old, new = (uuid.UUID(add_user(database.connection)) for _ in range(2))
        assert run(database, "messages", "--apply") == 0
        assert run(database, "reads", "--apply") == 0
        database.migrate(last)
        _both_go_on(database, old, new)
        with pytest.raises(MigrationError, match="still writing"):
            database.migrate()
        assert run(database, "undo", "--apply") == 0
        after = _legacy(database)
        for thing in ("columns", "constraints", "indexes", "triggers", "functions", "policies"):
            assert after[thing] == before[thing]
