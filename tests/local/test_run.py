"""`make run` itself: what it writes, says, starts and leaves behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest

from scripts.local import StackError, envfile
from scripts.local.options import APP_PORT
from scripts.local.paths import ROOT
from scripts.local.ports import listen
from tests.concurrency import PATIENCE, until

Run = Callable[..., subprocess.Popen[str]]
# Seconds for it to end: its children stop one after the other, and each may take its own time.
ENDING = 180.0
HOSTED = {
    "SUPABASE_URL": "http://127.0.0.1:9",
    "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_x",
    "SUPABASE_SECRET_KEY": "sb_secret_x",
}


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """A function that starts `make run` with a `.local` of its own."""
    started: list[subprocess.Popen[str]] = []

    def _run(**names: str) -> subprocess.Popen[str]:
        kept = {name: value for name, value in os.environ.items() if name not in {"PORT", "APP_URL", "MAKELEVEL"}}
        # Empty names take the place of those that a person's `.env` may set.
        blank = dict.fromkeys((*HOSTED, "SUPABASE_JWT_SECRET", "SUPABASE_DB_URL", "PORT", "APP_URL"), "")
        process = subprocess.Popen(
            [sys.executable, "-m", "scripts.run"],
            env={**kept, **blank, "MUNUI_LOCAL_DIR": str(tmp_path / "local"), **names},
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield _run
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(ENDING)
        if process.stdout:
            process.stdout.close()


def until_running(process: subprocess.Popen[str]) -> str:
    """Read what it says up to its last line of welcome."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if "Ctrl-C stops" in line:
            return said
    pytest.fail(said)


def left_behind(folder: Path) -> list[str]:
    """Return the command lines of living processes that have to do with a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            environment = (process / "environ").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if command and int(process.name) != os.getpid() and str(folder) in command + environment:
            found.append(command)
    return found


def until_gone(folder: Path) -> None:
    until(lambda: left_behind(folder) == [])


@contextmanager
def a_taken_port(port: int) -> Iterator[bool]:
    """A block in which somebody listens on a port: this test, which is told, or else whoever does already, who may
    leave it meanwhile."""
    try:
        taken = listen(port)
    except StackError:
        yield False
        return
    with taken:
        yield True


@pytest.mark.slow
def test_it_starts_everything_and_leaves_nothing(run: Run, tmp_path: Path) -> None:
    with a_taken_port(APP_PORT) as is_ours:
        process = run()
        said = until_running(process)
    local = tmp_path / "local"
    env = envfile.read(local / "env")
    got_it = env["APP_URL"].endswith(f":{APP_PORT}")
    assert (f"Port {APP_PORT} is taken by another program" in said) is not got_it
    assert not (is_ours and got_it)
    assert list(env) == [
        "APP_URL", "SUPABASE_URL", "SUPABASE_PUBLISHABLE_KEY", "SUPABASE_SECRET_KEY", "SUPABASE_JWT_SECRET",
        "SUPABASE_DB_URL",
    ]  # fmt: skip
    assert (local / "env").stat().st_mode & 0o777 == 0o600
    assert env["APP_URL"] in said
    assert all(f"{name}@example.com" in said for name in ("demo", "agent", "admin"))
    with httpx.Client(base_url=env["APP_URL"], timeout=PATIENCE, trust_env=False) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        until(lambda: client.get("/readyz").status_code == 200)
    until(lambda: "worker_started" in (local / "log" / "worker.log").read_text(encoding="utf-8"))
    with psycopg.connect(env["SUPABASE_DB_URL"]) as db:
        # Three can sign in; the others wrote this morning, and have no password.
        can = "select count(*), count(nullif(encrypted_password, '')) from auth.users"
        accounts = db.execute(can).fetchone()
        assert accounts
        assert (accounts[0] > 10, accounts[1]) == (True, 3)
        assert db.execute("select count(*) > 20 from public.chat_conversations").fetchone() == (True,)
        assert db.execute("select role from public.chat_operators order by role").fetchall() == [("admin",), ("agent",)]
        told = "select count(*) from public.kb_articles where status = 'published'"
        assert db.execute(told).fetchone() == (43,)
    second = run()
    assert second.wait(ENDING) == 1
    assert second.stdout is not None
    assert "already running" in second.stdout.read()
    process.send_signal(signal.SIGINT)
    assert process.wait(ENDING) == 0
    assert "worker_stopped" in (local / "log" / "worker.log").read_text(encoding="utf-8")
    until_gone(local)


@pytest.mark.slow
def test_a_killed_run_takes_its_children_along_and_the_next_one_works(run: Run, tmp_path: Path) -> None:
    process = run()
    until_running(process)
    process.kill()
    process.wait(ENDING)
    until_gone(tmp_path / "local")
    again = run()
    until_running(again)
    again.send_signal(signal.SIGTERM)
    assert again.wait(ENDING) == 0
    until_gone(tmp_path / "local")


@pytest.mark.slow
def test_a_crashed_child_is_named_and_the_others_stop(run: Run, tmp_path: Path) -> None:
    process = run()
    until_running(process)
    pid = int((tmp_path / "local" / "db" / "postmaster.pid").read_text(encoding="ascii").splitlines()[0])
    os.kill(pid, signal.SIGKILL)
    assert process.wait(ENDING) == 1
    assert process.stdout is not None
    said = process.stdout.read()
    assert "Postgres was killed by SIGKILL" in said
    assert "postgres.log" in said
    until_gone(tmp_path / "local")


def test_another_project_is_only_used(run: Run, tmp_path: Path) -> None:
    process = run(**HOSTED)
    said = until_running(process)
    assert "neither migrated nor seeded" in said
    assert not (tmp_path / "local" / "db").exists()
    assert not (tmp_path / "local" / "env").exists()
    process.send_signal(signal.SIGINT)
    assert process.wait(ENDING) == 0


def test_every_missing_name_of_another_project_is_told(run: Run) -> None:
    process = run(SUPABASE_URL="https://project.example")
    assert process.wait(ENDING) == 1
    assert process.stdout is not None
    said = process.stdout.read()
    for name in ("SUPABASE_PUBLISHABLE_KEY", "SUPABASE_SECRET_KEY", "JWT_ISSUER"):
        assert name in said


def test_a_port_that_was_asked_for_must_be_free(run: Run) -> None:
    with listen(0) as taken:
        process = run(PORT=str(taken.getsockname()[1]))
        assert process.wait(ENDING) == 1
    assert process.stdout is not None
    assert "is taken" in process.stdout.read()
