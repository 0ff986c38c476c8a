"""The stack starts, survives and stops whatever happened before, and two of them never meet."""

import os
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx
import psycopg
import pytest

from scripts.local import LocalStack, StackError, envfile, prerequisites
from scripts.local.keys import load_or_make
from scripts.local.once import only_one
from scripts.local.options import Options
from scripts.local.ports import HOST, Ports, is_free, listen
from tests.concurrency import until
from tests.stack import rest, sign_up, temporary_stack
from tests.web.server import a_port


@pytest.fixture
def bare() -> Iterator[LocalStack]:
    with temporary_stack("bare", migrations=None) as running:
        yield running


def test_data_keys_and_ports_survive_a_restart(notes_folder: Path) -> None:
    with temporary_stack("again", migrations=notes_folder) as first:
        member = sign_up(first)
        with rest(first, member.access_token) as client:
            client.post("/notes", json={"content": "stays"}).raise_for_status()
        first.stop()
        with LocalStack(first.root, durable=False, migrations=notes_folder) as second:
            assert second.env() == first.env()
            with rest(second, member.access_token) as client:
                assert [row["content"] for row in client.get("/notes").json()] == ["stays"]


def test_two_stacks_run_side_by_side(local: LocalStack, bare: LocalStack) -> None:
    assert local.supabase_url != bare.supabase_url
    assert local.db_url != bare.db_url
    assert local.secret_key != bare.secret_key


def test_it_starts_again_after_everything_was_killed(bare: LocalStack) -> None:
    for child in bare.children:
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
    # A killed server leaves its lock file; here its number belongs to a living program, too.
    lock = bare.root / "db" / "postmaster.pid"
    until(lambda: all(child.exit_code() is not None for child in bare.children))
    lines = lock.read_text(encoding="ascii").splitlines()
    lock.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n", encoding="ascii")
    bare.stop()
    bare.start()
    with psycopg.connect(bare.db_url) as db:
        assert db.execute("select 1").fetchone() == (1,)


def test_processes_of_a_killed_server_are_waited_for(bare: LocalStack) -> None:
    postmaster, connection = bare.postgres.child.pid, psycopg.connect(bare.db_url)
    backend = connection.info.backend_pid
    assert postmaster is not None
    log = bare.postgres.child.log

    def go_on() -> None:
        until(lambda: "still in use" in log.read_text(encoding="utf-8"))
        os.kill(backend, signal.SIGCONT)

    # It cannot notice that its server is gone.
    os.kill(backend, signal.SIGSTOP)
    try:
        os.kill(postmaster, signal.SIGKILL)
        until(lambda: bare.postgres.child.exit_code() is not None)
        bare.stop_postgres()
        with ThreadPoolExecutor(1) as pool:
            noticed = pool.submit(go_on)
            bare.start_postgres()
            noticed.result()
    finally:
        with suppress(ProcessLookupError):
            os.kill(backend, signal.SIGCONT)
        connection.close()
    with psycopg.connect(bare.db_url) as db:
        assert db.execute("select 1").fetchone() == (1,)


def test_a_server_left_running_is_ended_first(bare: LocalStack) -> None:
    pid = bare.postgres.child.pid
    assert pid is not None
    twin = LocalStack(bare.root, durable=False, migrations=None)
    twin.start_postgres()
    try:
        assert twin.postgres.child.pid != pid
        assert bare.postgres.child.exit_code() is not None
    finally:
        twin.stop()


def test_children_end_when_the_supervisor_is_killed(notes_folder: Path) -> None:
    reader, writer = os.pipe()
    with temporary_stack("parent", migrations=None) as keeper:
        keeper.stop()
        child = os.fork()
        if child == 0:
            try:
                stack = LocalStack(keeper.root, durable=False, migrations=None)
                stack.start()
                os.write(writer, ",".join(str(one.pid) for one in stack.children).encode())
                signal.pause()
            finally:
                # Whatever happens, it never goes on as a second run of the tests.
                os._exit(1)
        # Where it ends without a word, that is the end of what can be read.
        os.close(writer)
        pids = [int(pid) for pid in os.read(reader, 100).split(b",")]
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        until(lambda: not any(_lives(pid) for pid in pids))
    os.close(reader)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_the_database_asks_for_its_password(bare: LocalStack) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(bare.postgres.url(password="wrong"))
    with psycopg.connect(bare.postgres.url(user="authenticator", password=bare.keys.gateway_password)) as db:
        assert db.execute("select rolsuper from pg_roles where rolname = current_user").fetchone() == (False,)


def test_letters_of_every_script_are_letters(bare: LocalStack) -> None:
    with psycopg.connect(bare.db_url, autocommit=True) as db:
        db.execute("create extension if not exists pg_trgm")
        assert db.execute("select cardinality(show_trgm('배송'))").fetchone() == (3,)
        assert db.execute("select similarity('배송 문의', '배송문의') > 0").fetchone() == (True,)
        # Order stays by bytes, wherever it runs.
        assert db.execute("select 'B' < 'a' and '가' < '나'").fetchone() == (True,)


def test_the_bootstrap_may_be_repeated_and_is_as_hosted(bare: LocalStack) -> None:
    bare.stop()
    bare.start()
    with psycopg.connect(bare.db_url) as db:
        rows = db.execute(
            "select rolname, rolcanlogin, rolbypassrls from pg_roles "
            "where rolname in ('anon', 'authenticated', 'service_role') order by 1"
        ).fetchall()
        assert rows == [("anon", False, False), ("authenticated", False, False), ("service_role", False, True)]
        db.execute("create table public.open (id int)")
        row = db.execute(
            "select has_table_privilege('anon', 'open', 'insert'), "
            "has_table_privilege('authenticated', 'open', 'delete')"
        ).fetchone()
        assert row == (True, True)
        db.execute(
            """select set_config('request.jwt.claims', '{"sub": "7f0c7a52-5d0a-4b0a-9d5e-6f1f2f0f3a10"}', true)"""
        )
        assert str(db.execute("select auth.uid()").fetchall()[0][0]).startswith("7f0c7a52")
        db.rollback()


def test_a_wanted_port_is_taken_when_free_and_left_when_not(tmp_path: Path) -> None:
    with a_port() as port:
        with listen(port):
            other = Ports(tmp_path / "ports").choose("app", port)
            assert other != port
        assert Ports(tmp_path / "ports").choose("db", port) == port
        # The free one that it got is remembered for the next time.
        with listen(port):
            assert Ports(tmp_path / "ports").choose("app", port) == other


def test_a_port_taken_meanwhile_is_given_up(tmp_path: Path) -> None:
    held = []

    def start(port: int) -> None:
        # Nobody is given it while this takes its time.
        with socket.socket() as somebody, pytest.raises(OSError, match="in use"):
            somebody.bind((HOST, port))
        if not held:
            held.append(listen(port))
            raise StackError("somebody was faster")

    port = Ports(tmp_path / "ports").start_on("db", 0, start)
    assert port != held[0].getsockname()[1]
    held[0].close()
    with pytest.raises(StackError, match="for another reason"):
        Ports(tmp_path / "ports").start_on("db", 0, _fail)


def _fail(port: int) -> None:
    raise StackError("it failed for another reason")


def test_options_that_are_wrong_are_told_in_a_sentence() -> None:
    with listen(0) as taken, pytest.raises(StackError, match=r"^Port \d+ of 127.0.0.1 is taken: .* PORT"):
        Options.of({"PORT": str(taken.getsockname()[1])})
    for values in ({"PORT": "eighty"}, {"PORT": "70000"}, {"WORKERS": "0"}, {"THREADS": "-1"}):
        with pytest.raises(StackError, match=next(iter(values))):
            Options.of(values)
    assert Options.of({}).remote is False
    assert Options.of({"SUPABASE_URL": "http://127.0.0.1:1"}).remote is True


def test_what_is_missing_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prerequisites.check(tmp_path)
    monkeypatch.setattr(prerequisites, "DISK_AT_LEAST_MB", 10**12)
    with pytest.raises(StackError, match="is full: .* MB are free"):
        prerequisites.check(tmp_path)
    old = tmp_path / "node"
    old.write_text("#!/bin/sh\necho v18.2.0\n", encoding="ascii")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with pytest.raises(StackError, match=r"v18.2.0 is too old"):
        prerequisites.check(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    with pytest.raises(StackError, match=r"Node.js is missing"):
        prerequisites.check(tmp_path)


def test_what_is_stopped_keeps_its_port(bare: LocalStack) -> None:
    url, db_url = bare.supabase_url, bare.db_url
    bare.stop()
    for one in (httpx.URL(url).port, psycopg.conninfo.conninfo_to_dict(db_url)["port"]):
        with socket.socket() as somebody, pytest.raises(OSError, match="in use"):
            somebody.bind((HOST, int(str(one))))
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((HOST, int(str(one))))
    bare.start()
    assert (bare.supabase_url, bare.db_url) == (url, db_url)


def test_data_of_another_version_are_left_alone(bare: LocalStack) -> None:
    bare.stop()
    (bare.root / "db" / "PG_VERSION").write_text("12\n", encoding="ascii")
    with pytest.raises(StackError, match="of Postgres 12"):
        bare.start_postgres()


def test_one_checkout_runs_once(tmp_path: Path) -> None:
    with only_one(tmp_path / "lock"), pytest.raises(StackError, match="already running"), only_one(tmp_path / "lock"):
        pass
    with only_one(tmp_path / "lock"):
        pass


def test_keys_are_kept_and_private(tmp_path: Path) -> None:
    keys = load_or_make(tmp_path / "keys")
    assert load_or_make(tmp_path / "keys") == keys
    assert (tmp_path / "keys").stat().st_mode & 0o077 == 0
    assert keys.publishable_key.startswith("sb_publishable_")
    assert keys.secret_key.startswith("sb_secret_")


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    envfile.write(tmp_path / ".env", {"PORT": "1", "APP_URL": "http://a b#c", "THREADS": "4"})
    monkeypatch.setenv("PORT", "2")
    monkeypatch.setenv("THREADS", "")
    found = envfile.configured(tmp_path)
    assert (found["PORT"], found["APP_URL"]) == ("2", "http://a b#c")
    assert "THREADS" not in found
    assert is_free(0)
