"""The main line and the legacy line end in the same schema, and a database on its way takes later migrations, too."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from scripts import migrate as command
from scripts.catalogue.compare import differences
from scripts.catalogue.facts import Facts, facts
from scripts.local import LocalStack
from scripts.local.paths import LEGACY, MIGRATIONS, POLICIES
from scripts.local.scratch import scratch_database
from scripts.migrations.errors import MigrationError
from scripts.migrations.files import read_folder
from scripts.migrations.runner import migrate
from tests.databases import copied_database
from tests.db.legacy import EXPANDED
from tests.stack import add_user, persona

BASELINE = "20261101000010"
# The last file of the main line that the legacy line leads to; what came after is applied on both alike.
PARTED = "20261126001400"
SINCE = [one.name for one in read_folder(MIGRATIONS) if one.version > PARTED]
# What later migrations do: a column, a table with its rights, a function, a policy, a right.
LATER = """
alter table public.chat_messages add column mood text default 'calm';
comment on column public.chat_messages.mood is 'How it was said.';
create table public.chat_moods (name text primary key);
alter table public.chat_moods enable row level security;
revoke all on public.chat_moods from public, anon, authenticated, service_role;
grant select on public.chat_moods to service_role;
create or replace function public.chat_list(
  p_limit integer default 50, p_before_at timestamptz default null, p_before_id uuid default null
) returns jsonb language sql stable set search_path = ''
  as $$ select jsonb_agg(m.mood) from public.chat_messages m $$;
"""
# Stands in the migration and in the policy file, as everything that says who may do what.
LATER_RIGHTS = """
grant select (mood), insert (mood) on public.chat_messages to authenticated;
alter policy insert_own on public.chat_messages
  with check (user_id = (select auth.uid()) and role = 'user' and kind = 'text' and mood <> 'angry');
"""
# As databases of before stand there: the chain of one line applied, contacts and later functions missing.
OF_BEFORE = """
alter table public.chat_conversations drop constraint chat_conversations_contact_fkey,
  add constraint chat_conversations_user_id_fkey foreign key (user_id) references auth.users (id) on delete cascade;
alter table public.chat_messages
  add constraint chat_messages_conversation_id_fkey
    foreign key (conversation_id) references public.chat_conversations (id) on delete cascade;
drop trigger make_contact on public.chat_conversations;
drop function private.make_contact();
drop table public.chat_contacts;
drop function public.chat_turn(uuid, uuid, text[]);
create function public.chat_turn(p_conversation_id uuid) returns jsonb language sql return '{}'::jsonb;
delete from supabase_migrations.schema_migrations;
delete from supabase_migrations.munui_checksums;
insert into supabase_migrations.schema_migrations (version, name) values
  ('20261101000000', 'legacy_baseline'), ('20261101001000', 'expand_place_message'),
  ('20261101003400', 'contract_policies');
"""


@contextmanager
def opened(url: str) -> Iterator[Connection[Any]]:
    with psycopg.connect(url, autocommit=True) as db:
        yield db


def facts_of(url: str) -> Facts:
    with opened(url) as db:
        return facts(db)


def along_the_legacy_line(stack: LocalStack, *, to: str | None = None) -> AbstractContextManager[str]:
    return copied_database(stack.db_url, migrations=LEGACY, legacy_of=MIGRATIONS, to=to)


@pytest.fixture(scope="module")
def main_facts(stack: LocalStack) -> Facts:
    with copied_database(stack.db_url, migrations=MIGRATIONS) as url:
        return facts_of(url)


@pytest.fixture
def later(tmp_path: Path) -> tuple[Path, Path]:
    """Both lines as they are after one more migration of the main line."""
    for folder in (MIGRATIONS, LEGACY, POLICIES):
        shutil.copytree(folder, tmp_path / folder.name)
    main = tmp_path / MIGRATIONS.name
    (main / "20991231000000_moods.sql").write_text(LATER + LATER_RIGHTS, encoding="utf-8")
    with (tmp_path / POLICIES.name / "chat_messages.sql").open("a", encoding="utf-8") as file:
        file.write(LATER_RIGHTS)
    return main, tmp_path / LEGACY.name


@pytest.mark.parametrize("server", ["stack", "postgres15"])
def test_both_lines_end_in_the_same_schema(request: pytest.FixtureRequest, server: str) -> None:
    where: LocalStack = request.getfixturevalue(server)
    with copied_database(where.db_url, migrations=MIGRATIONS) as main, along_the_legacy_line(where) as legacy:
        assert differences(facts_of(main), facts_of(legacy)) == []


@pytest.mark.parametrize(
    "change",
    [
        "alter table public.chat_messages alter column content set default ''",
        "alter table public.chat_messages alter column step_id type varchar(90)",
        "alter table public.chat_messages alter column content set storage external",
        "alter table public.chat_messages alter column conversation_id set statistics 500",
        "alter table public.chat_messages alter column client_message_id set not null",
        "alter table public.chat_messages add column more text",
        "alter table public.chat_messages set (fillfactor = 90)",
        "alter table public.chat_messages drop constraint chat_messages_event_size",
        "alter table public.chat_messages add constraint more check (true) not valid",
        "alter table public.chat_flows force row level security",
        "alter table public.chat_messages disable trigger place_message",
        "create index more on public.chat_messages (kind)",
        "create statistics public.more on role, kind from public.chat_messages",
        "create type public.more as enum ('a')",
        "create sequence public.more",
        "create rule more as on delete to public.chat_flows do instead nothing",
        "create function public.more() returns int language sql return 1",
        "create aggregate public.more (int) (sfunc = int4pl, stype = int)",
        "create publication more for table public.chat_messages",
        "create policy more on public.chat_flows for insert to service_role with check (true)",
        "alter function public.chat_list(integer, timestamptz, uuid) security definer",
        "grant select (id) on public.chat_contacts to authenticated",
        "grant usage on schema private to authenticated",
        "comment on column public.chat_messages.seq is 'Something else.'",
        "comment on function public.chat_list(integer, timestamptz, uuid) is null",
        "alter default privileges in schema public grant select on tables to public",
        "alter default privileges grant execute on functions to public",
        "alter view public.chat_conversation_summaries set (security_invoker = false)",
        "alter function public.chat_list(integer, timestamptz, uuid) volatile",
    ],
)
def test_the_comparison_notices(db: Connection[Any], change: str) -> None:
    # What other tests left there must not be in the way of a change.
    db.execute("truncate public.chat_conversations cascade")
    before = facts(db)
    db.execute(change)
    assert differences(before, facts(db)) != []


def test_a_site_on_its_way_takes_later_migrations_and_ends_where_the_main_line_does(
    stack: LocalStack, later: tuple[Path, Path]
) -> None:
    main, legacy = later
    with along_the_legacy_line(stack, to=EXPANDED) as url, opened(url) as db:
        user = add_user(db)
        assert [one.name for one in migrate(url, main)] == [*SINCE, "moods"]
        # The legacy client notices nothing: it writes as the bot, and changes flags and statuses.
        with persona(db, "authenticated", user):
            row = db.execute(
                "insert into public.chat_conversations (user_id) values (%s) returning id", [user]
            ).fetchone()
            db.execute(
                "insert into public.chat_messages (conversation_id, type, content) values (%s, 'bot', '네')", row
            )
            db.execute("update public.chat_messages set is_read = true")
            assert db.execute("select mood, is_read from public.chat_messages").fetchall() == [("calm", True)]
            assert db.execute("select public.chat_list()").fetchone() == (["calm"],)
        assert migrate(url, legacy, legacy_of=main) != []
        on_its_way = facts(db)
        assert migrate(url, main) == []
    with scratch_database(stack.db_url, migrations=main) as url:
        assert differences(facts_of(url), on_its_way) == []


def test_what_the_main_line_has_comes_before_the_point_of_no_return(
    stack: LocalStack, later: tuple[Path, Path]
) -> None:
    main, legacy = later
    with along_the_legacy_line(stack, to=EXPANDED) as url:
        wanted = [one.name for one in migrate(url, legacy, legacy_of=main, dry_run=True)]
        assert wanted[: len(SINCE) + 2] == [*SINCE, "moods", "contract_guard"]
        assert [one.name for one in migrate(url, legacy, legacy_of=main)] == wanted
    with scratch_database(stack.db_url) as url:
        everything = [one.name for one in migrate(url, legacy, legacy_of=main, dry_run=True)]
        assert everything.count("moods") == 1
        assert "messages" not in everything


def test_the_main_lines_history_is_kept_on_the_legacy_line(stack: LocalStack) -> None:
    with along_the_legacy_line(stack, to=EXPANDED) as url, opened(url) as db:
        kept = "select version, name, statements from supabase_migrations.schema_migrations order by 1"
        assert db.execute(kept).fetchall() == [
            (one.version, one.name, [statement.text for statement in one.statements])
            for one in read_folder(MIGRATIONS)
            if one.version <= PARTED
        ]
        assert [one.name for one in migrate(url, MIGRATIONS)] == SINCE


def test_each_line_refuses_the_others_databases(stack: LocalStack) -> None:
    with along_the_legacy_line(stack, to=BASELINE) as url, pytest.raises(MigrationError, match="--legacy"):
        migrate(url, MIGRATIONS)
    with copied_database(stack.db_url, migrations=MIGRATIONS) as url, pytest.raises(MigrationError, match="main line"):
        migrate(url, LEGACY, legacy_of=MIGRATIONS)


@pytest.mark.parametrize(
    "rest",
    [
        "alter table public.chat_inquiries drop column from_guest; drop schema guard cascade",
        # The chain as it was on its last day.
        "insert into supabase_migrations.schema_migrations (version, name) values ('20261126100100', 'forget_member')",
    ],
)
def test_a_database_of_before_the_lines_were_parted_is_adopted(stack: LocalStack, main_facts: Facts, rest: str) -> None:
    with copied_database(stack.db_url, migrations=MIGRATIONS, to=PARTED) as url, opened(url) as db:
        db.execute(OF_BEFORE)
        db.execute(rest)
        user = add_user(db, "demo@example.com")
        db.execute("insert into public.chat_conversations (user_id) values (%s)", [user])
        assert [one.name for one in migrate(url, MIGRATIONS, dry_run=True)] == ["adoption", *SINCE]
        assert [one.name for one in migrate(url, MIGRATIONS)] == ["adoption", *SINCE]
        assert differences(main_facts, facts(db)) == []
        assert db.execute("select user_id::text, email from public.chat_contacts").fetchall() == [
            (user, "demo@example.com")
        ]
        assert migrate(url, MIGRATIONS) == []


def test_a_database_halfway_on_the_chain_of_before_is_refused(stack: LocalStack) -> None:
    with copied_database(stack.db_url, migrations=MIGRATIONS, to=PARTED) as url, opened(url) as db:
        db.execute(OF_BEFORE)
        db.execute("delete from supabase_migrations.schema_migrations where version > '20261101003'")
        with pytest.raises(MigrationError, match="halfway"):
            migrate(url, MIGRATIONS)


def test_the_command_knows_both_lines(stack: LocalStack, capsys: pytest.CaptureFixture[str]) -> None:
    with scratch_database(stack.db_url) as url:
        line = ["--legacy", "--database-url", url]
        assert command.main([*line, "--dry-run"]) == 0
        assert "would apply 20261101003000_contract_guard.sql" in capsys.readouterr().out
        assert command.main([*line, "--to", "20261126000000"]) == 2
        assert command.main([*line, "--to", EXPANDED]) == 0
        capsys.readouterr()
        assert command.main([*line, "--list"]) == 0
        said = capsys.readouterr().out
        assert "applied  20261101000300  expand_conversations" in said
        assert "pending  20261101003000  contract_guard" in said
        assert command.main(["--database-url", url, "--list"]) == 0
        pending = [line.split()[-1] for line in capsys.readouterr().out.splitlines() if line.startswith("pending")]
        assert pending == SINCE


def test_owners_become_contacts_while_the_legacy_client_writes(stack: LocalStack) -> None:
    with along_the_legacy_line(stack, to=BASELINE) as url, opened(url) as db:
        before, after, later = (add_user(db) for _ in range(3))
        begin = "insert into public.chat_conversations (user_id) values (%s) returning id"
        db.execute(begin, [before])
        migrate(url, LEGACY, legacy_of=MIGRATIONS, to=EXPANDED)
        db.execute(begin, [after])
        unowned = db.execute(begin, [None]).fetchone()
        assert unowned is not None
        contacts = "select array_agg(id::text order by id::text) from public.chat_contacts"
        assert db.execute(contacts).fetchone() == (sorted([before, after]),)
        db.execute("update public.chat_conversations set user_id = %s where id = %s", [later, unowned[0]])
        assert db.execute(contacts).fetchone() == (sorted([before, after, later]),)
        with pytest.raises(psycopg.Error) as refused:
            db.execute(begin, [uuid.uuid4()])
        assert refused.value.sqlstate == "PT401"
        db.execute("delete from auth.users")
        assert db.execute("select count(*) from public.chat_conversations").fetchone() == (0,)
