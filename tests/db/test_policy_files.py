"""Policy and function files say what the migrations do: no more, no less; and the check that says so can fail."""

from pathlib import Path

import pytest

from scripts.local import LocalStack
from scripts.local.paths import POLICIES
from scripts.policy_check import changes


def test_migrations_policy_files_and_function_files_agree(stack: LocalStack) -> None:
    assert changes(stack.db_url) == []


@pytest.fixture
def one_table(tmp_path: Path) -> tuple[Path, Path]:
    migrations, policies = tmp_path / "migrations", tmp_path / "policies"
    migrations.mkdir()
    policies.mkdir()
    rights = """
        alter table public.things enable row level security;
        revoke all on public.things from anon, authenticated, service_role;
        grant select (id) on public.things to authenticated;
        drop policy if exists select_own on public.things;
        create policy select_own on public.things for select to authenticated using (owner = (select auth.uid()));
    """
    table = "create table public.things (id int primary key, owner uuid);"
    (migrations / "1_things.sql").write_text(table + rights, encoding="utf-8")
    (policies / "things.sql").write_text(rights, encoding="utf-8")
    return migrations, policies


def test_a_table_that_agrees_passes(stack: LocalStack, one_table: tuple[Path, Path]) -> None:
    assert changes(stack.db_url, *one_table) == []


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("alter table public.things disable row level security", "+ row level security off"),
        ("alter policy select_own on public.things using (true)", "using (true)"),
        ("drop policy select_own on public.things", "- policy select_own"),
        ("grant insert (id) on public.things to authenticated", "+ authenticated may insert"),
        ("grant select on public.things to anon", "+ anon may select"),
        ("revoke select (id) on public.things from authenticated", "- authenticated may select"),
        ("create policy more on public.things for insert to anon with check (true)", "+ policy more"),
        ("grant usage on schema private to authenticated", "schema private"),
        ("create or replace function public.seen() returns int language sql return 2", "+ owner postgres"),
    ],
)
def test_each_difference_is_named(stack: LocalStack, one_table: tuple[Path, Path], statement: str, named: str) -> None:
    migrations, policies = one_table
    function = "create function public.seen() returns int language sql return 1;"
    (migrations / "0_private.sql").write_text(f"create schema private; {function}", encoding="utf-8")
    with (policies / "things.sql").open("a", encoding="utf-8") as file:
        file.write(statement + ";")
    found = "\n".join(changes(stack.db_url, migrations, policies))
    assert named in found


@pytest.mark.parametrize(
    "statement",
    [
        "create function public.f() returns int language sql as 'select 1'",
        "create table public.forgotten (id int)",
        "grant insert (owner) on public.things to authenticated",
        "create policy extra on public.things for delete to authenticated using (false)",
    ],
)
def test_what_only_the_migrations_grant_is_found(
    stack: LocalStack, one_table: tuple[Path, Path], statement: str
) -> None:
    migrations, policies = one_table
    (migrations / "2_more.sql").write_text(statement, encoding="utf-8")
    if "insert (owner)" in statement:
        # The product's own files revoke before they grant, so they would take this away at once.
        text = (policies / "things.sql").read_text(encoding="utf-8")
        (policies / "things.sql").write_text(text.replace("revoke all", "revoke select"), encoding="utf-8")
    assert changes(stack.db_url, migrations, policies) != []


def test_every_file_of_the_product_is_about_something() -> None:
    assert [file.name for file in POLICIES.glob("*.sql") if not file.read_text(encoding="utf-8").strip()] == []
