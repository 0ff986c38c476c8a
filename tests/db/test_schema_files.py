"""The schema as files: fresh, whole, and the way from a changed function to its migration."""

import re
import shutil
import tomllib
from pathlib import Path

import psycopg
import pytest

from scripts.catalogue.changes import next_migration
from scripts.catalogue.compare import differences
from scripts.catalogue.facts import Facts, facts
from scripts.local import LocalStack
from scripts.local.paths import FUNCTIONS, MIGRATIONS, POLICIES, ROOT, SCHEMAS
from scripts.local.scratch import scratch_database
from scripts.migrations.statements import split
from scripts.policy_check import changes
from scripts.schema import stale, write

CONFIG = tomllib.loads((ROOT / "supabase" / "config.toml").read_text(encoding="utf-8"))


def test_the_committed_file_is_what_the_migrations_make(stack: LocalStack) -> None:
    assert stale(stack.db_url) == []


def test_a_stale_file_is_told_and_renewed(stack: LocalStack, tmp_path: Path) -> None:
    migrations, schemas = tmp_path / "migrations", tmp_path / "schemas"
    shutil.copytree(MIGRATIONS, migrations)
    shutil.copytree(SCHEMAS, schemas)
    (migrations / "20991231000000_more.sql").write_text("create index more on public.chat_flows (created_at);")
    assert [line for line in stale(stack.db_url, schemas, migrations) if re.match(r"[+-]\w", line)] == [
        "+CREATE INDEX more ON public.chat_flows USING btree (created_at);"
    ]
    write(stack.db_url, schemas, migrations)
    assert stale(stack.db_url, schemas, migrations) == []


def bare(found: Facts) -> Facts:
    """Without parentheses: Postgres prints `a between b and c and d` with some that it drops when it reads them."""
    return frozenset((thing, re.sub("[()]", "", fact)) for thing, fact in found)


def test_run_in_the_order_of_the_configuration_the_files_make_all_of_it(stack: LocalStack) -> None:
    files = [
        file
        for pattern in CONFIG["db"]["migrations"]["schema_paths"]
        for file in sorted((ROOT / "supabase").glob(pattern.removeprefix("./")))
    ]
    with scratch_database(stack.db_url, migrations=MIGRATIONS) as url, psycopg.connect(url) as db:
        by_migrations = bare(facts(db))
    with scratch_database(stack.db_url) as url, psycopg.connect(url) as db:
        for file in files:
            for statement in split(file.read_text(encoding="utf-8")):
                db.execute(statement.text.encode())
        assert differences(by_migrations, bare(facts(db))) == []


def test_every_function_file_says_what_it_is_for_and_whose_it_is() -> None:
    for file in FUNCTIONS.glob("*.sql"):
        text = file.read_text(encoding="utf-8")
        assert f"{file.stem}(" in text[text.index("comment on function") :]
        assert f"{file.stem}(" in text[text.index("revoke all on function") :]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what the migrations are made from."""
    for folder in (MIGRATIONS, POLICIES, FUNCTIONS):
        shutil.copytree(folder, tmp_path / folder.name)
    return tmp_path


def begin(stack: LocalStack, project: Path) -> tuple[Path, list[str]]:
    return next_migration(stack.db_url, "what", project / "migrations", (project / "policies", project / "functions"))


def agree(stack: LocalStack, project: Path) -> bool:
    return changes(stack.db_url, project / "migrations", project / "policies", project / "functions") == []


def test_changing_a_function_is_one_edit_and_one_generated_migration(stack: LocalStack, project: Path) -> None:
    file = project / "functions" / "chat_turn.sql"
    file.write_text(file.read_text(encoding="utf-8").replace("'has_history'", "'has_a_past'"), encoding="utf-8")
    assert not agree(stack, project)
    made, changed = begin(stack, project)
    # The service's twin is made from the same body.
    assert changed == ["chat_turn", "chat_turn_for_service"]
    assert file.read_text(encoding="utf-8") in made.read_text(encoding="utf-8")
    assert made == max((project / "migrations").glob("*.sql"))
    assert agree(stack, project)


def test_other_parameters_another_name_and_rights_are_carried_too(stack: LocalStack, project: Path) -> None:
    marked = project / "functions" / "chat_operator_mark.sql"
    text = marked.read_text(encoding="utf-8")
    marked.write_text(
        text.replace("p_status text)", "p_status text, p_by uuid)").replace(
            "(uuid, uuid, text)", "(uuid, uuid, text, uuid)"
        )
    )
    (project / "functions" / "chat_export.sql").unlink()
    with (project / "policies" / "chat_flows.sql").open("a", encoding="utf-8") as file:
        file.write("grant update on public.chat_flows to service_role;\n")
    _, changed = begin(stack, project)
    assert changed == [
        "drop function public.chat_export(text,uuid,bigint);",
        "drop function public.chat_operator_mark(uuid,uuid,text);",
        "chat_flows",
        "chat_operator_mark",
    ]
    assert agree(stack, project)


def test_where_nothing_was_changed_a_migration_begins_empty(stack: LocalStack, project: Path) -> None:
    made, changed = begin(stack, project)
    assert changed == []
    assert split(made.read_text(encoding="utf-8")) == []
