"""The official CLI takes the project as it is: its configuration, its migrations, and it finds nothing to warn of."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from scripts.catalogue.compare import differences
from scripts.catalogue.facts import facts
from scripts.local.paths import LEGACY, MIGRATIONS, ROOT
from scripts.local.scratch import scratch_database
from scripts.migrations.runner import migrate
from tests.db.chats import OF_THE_SERVICE

PROGRAM = Path(__file__).parent / "node_modules" / "@supabase" / "cli-linux-x64" / "bin" / "supabase"

pytestmark = pytest.mark.skipif(not PROGRAM.exists(), reason="the CLI's program is not for this platform")


@pytest.fixture
def url(server_url: str) -> Iterator[str]:
    with scratch_database(server_url) as found:
        yield found


@pytest.fixture
def cli(url: str, tmp_path: Path) -> Callable[..., Any]:
    """Runs a command against the database and returns the result that it printed as JSON."""
    of = conninfo_to_dict(url)
    remote = f"postgresql://{of['user']}:{of['password']}@{of['host']}:{of['port']}/{of['dbname']}?sslmode=disable"

    def run(*command: str) -> Any:
        done = subprocess.run(
            [PROGRAM, *command, "--remote", remote, "--workdir", ROOT, "--output-format", "json", "--yes"],
            # Neither what it knows of its user nor what it keeps is this machine's.
            env={"HOME": str(tmp_path), "SUPABASE_TELEMETRY_DISABLED": "1", "DO_NOT_TRACK": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "no longer supported" not in done.stderr
        assert "deprecated" not in done.stderr
        return json.loads(done.stdout)

    return run


def pushed(answer: Any) -> list[str]:
    """The files that `db push` applied."""
    return [Path(str(one)).name for one in answer["migrations"]]


def test_push_applies_the_main_line_and_then_nothing(cli: Callable[..., Any], url: str, server_url: str) -> None:
    assert pushed(cli("db", "push")) == sorted(file.name for file in MIGRATIONS.glob("*.sql"))
    assert pushed(cli("db", "push")) == []
    # Our runner takes over what the CLI applied, and the other way round.
    assert migrate(url, MIGRATIONS) == []
    with psycopg.connect(url) as db:
        by_the_cli = facts(db)
    with scratch_database(server_url, migrations=MIGRATIONS) as ours, psycopg.connect(ours) as db:
        assert differences(facts(db), by_the_cli) == []


def test_push_has_nothing_to_do_after_the_legacy_line(cli: Callable[..., Any], url: str) -> None:
    migrate(url, LEGACY, legacy_of=MIGRATIONS)
    assert pushed(cli("db", "push")) == []


def test_the_advisors_find_nothing_above_a_note(cli: Callable[..., Any], url: str) -> None:
    migrate(url, MIGRATIONS)
    found = cli("db", "advisors", "--level", "info", "--fail-on", "warn")["results"]
    assert {one["level"] for one in found} == {"INFO"}
    # In an empty database no index was used yet.
    assert {(one["name"], one["metadata"]["name"]) for one in found if one["name"] != "unused_index"} == {
        # A flow is never deleted or renamed, so nothing looks for the conversations of one.
        ("unindexed_foreign_keys", "chat_conversations"),
        # The service's alone: there is nothing to let through.
        *(("rls_enabled_no_policy", table) for table in OF_THE_SERVICE),
    }
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("create table public.open (id bigint primary key)")
        db.execute("grant select on public.open to anon")
    with pytest.raises(AssertionError, match="rls_disabled_in_public"):
        cli("db", "advisors", "--fail-on", "warn")
