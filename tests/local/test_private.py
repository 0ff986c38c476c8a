"""What the local stack writes is for its owner alone, and the app is told no more than it needs."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from scripts.local import LocalStack, envfile
from scripts.local.files import append_private, close_to_others, private_folder, write_private
from scripts.local.gateway import SignUps
from tests.concurrency import PATIENCE
from tests.local.test_run import Run, run, until_running
from tests.stack import PASSWORD, temporary_stack

__all__ = ["run"]


def open_to_others(root: Path) -> list[str]:
    """Everything below `root`, itself included, that group or others have any right to."""
    found = [root, *root.rglob("*")]
    return [f"{path} {oct(path.lstat().st_mode)}" for path in found if path.lstat().st_mode & 0o077]


@pytest.fixture
def careless() -> Iterator[None]:
    """A person whose umask hides nothing, and their own back afterwards."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("careless")
def test_files_and_folders_are_made_private_whatever_the_umask(tmp_path: Path) -> None:
    root = tmp_path / "a" / "b"
    private_folder(root)
    with append_private(root / "c" / "some.log") as file:
        file.write(b"line\n")
    write_private(root / "d" / "keys", "secret")
    assert open_to_others(tmp_path / "a") == []


@pytest.mark.usefixtures("careless")
def test_what_an_earlier_version_left_open_is_closed(tmp_path: Path) -> None:
    root = tmp_path / "local"
    (root / "log").mkdir(parents=True)
    (root / "log" / "app.log").write_text("who wrote what", encoding="utf-8")
    (root / "link").symlink_to("/etc/passwd")
    outside = Path("/etc/passwd").stat().st_mode
    close_to_others(root)
    assert [path for path in open_to_others(root) if "link" not in path] == []
    assert stat.S_IMODE((root / "log").stat().st_mode) == 0o700
    assert Path("/etc/passwd").stat().st_mode == outside


@pytest.mark.usefixtures("careless")
def test_a_stack_leaves_nothing_open(notes_folder: Path) -> None:
    with temporary_stack("private", migrations=notes_folder, sign_ups=SignUps(confirm_email=True)) as running:
        sign_up_for_mail(running)
        assert running.mail_log.exists()
        assert open_to_others(running.root) == []
        # One of before, with open modes, is closed by the next start, and Postgres still finds its data.
        running.stop()
        running.root.chmod(0o755)
        (running.root / "log").chmod(0o755)
        (running.root / "log" / "postgres.log").chmod(0o644)
        with LocalStack(running.root, durable=False, migrations=notes_folder):
            assert open_to_others(running.root) == []


def sign_up_for_mail(running: LocalStack) -> None:
    """Have a mail written."""
    httpx.post(
        f"{running.supabase_url}/auth/v1/signup",
        headers={"apikey": running.publishable_key},
        json={"email": "somebody@example.com", "password": PASSWORD},
        timeout=PATIENCE,
        trust_env=False,
    ).raise_for_status()


def environments(folder: Path) -> list[dict[str, str]]:
    """The environments of all servers of the app that know `folder`."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
            words = (process / "environ").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if b"--bind=fd://" in command and any(str(folder) in word for word in words):
            found.append(dict(word.partition("=")[::2] for word in words if word))
    return found


@pytest.mark.slow
def test_the_app_is_told_no_more_than_it_needs_and_a_run_is_private(run: Run, tmp_path: Path) -> None:
    local = tmp_path / "local"
    until_running(run(A_SECRET_OF_MINE="hidden", SUPABASE_DB_URL="", PGPASSWORD="hidden"))
    url = envfile.read(local / "env")["SUPABASE_DB_URL"]
    servers = environments(local)
    assert servers
    for environment in servers:
        assert environment["SUPABASE_SECRET_KEY"]
        assert not {"SUPABASE_DB_URL", "A_SECRET_OF_MINE", "PGPASSWORD"} & set(environment)
        assert url not in " ".join(environment.values())
        assert "postgresql:" not in " ".join(environment.values())
    assert open_to_others(local) == []
