"""`scripts/admin.py` as an operator of the product runs it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts import admin
from scripts.local import LocalStack
from scripts.local.paths import ROOT
from tests.stack import Member, rest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(stack: LocalStack, tmp_path: Path) -> Run:
    def script(*arguments: str, project: bool = True, **environment: str) -> subprocess.CompletedProcess[str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("SUPABASE_")}
        named = {name: stack.env()[name] for name in ("SUPABASE_URL", "SUPABASE_SECRET_KEY")} if project else {}
        return subprocess.run(
            [sys.executable, "-m", "scripts.admin", *arguments],
            cwd=ROOT,
            env={**clean, "MUNUI_LOCAL_DIR": str(tmp_path), **named, **environment},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return script


def test_grant_list_and_revoke(run: Run, stack: LocalStack, member: Member, stranger: Member) -> None:
    granted = run("grant", member.email.upper())
    assert (granted.returncode, granted.stderr) == (0, "")
    assert is_operator(stack, member)
    assert line_of(run("list"), member) == f"{member.email}\tadmin\t상담원"

    assert run("grant", member.email, "--role", "agent", "--name", " 김 하늘 ").returncode == 0
    listed = run("list")
    assert listed.returncode == 0
    assert line_of(listed, member) == f"{member.email}\tagent\t김 하늘"
    assert stranger.email not in listed.stdout

    assert run("revoke", member.email).returncode == 0
    assert line_of(run("list"), member) is None
    assert not is_operator(stack, member)
    assert run("revoke", member.email).returncode == 0
    # Who comes back has the name that they had.
    assert run("grant", member.email).returncode == 0
    assert line_of(run("list"), member) == f"{member.email}\tadmin\t김 하늘"


def is_operator(stack: LocalStack, member: Member) -> bool:
    with rest(stack, secret=True) as service:
        return service.post("/rpc/inbox_me", json={"p_user_id": member.id}).is_success


def line_of(listed: subprocess.CompletedProcess[str], member: Member) -> str | None:
    return next((line for line in listed.stdout.splitlines() if line.startswith(f"{member.email}\t")), None)


def test_an_address_without_an_account_fails(run: Run) -> None:
    answer = run("grant", "nobody-at-all@example.com")
    assert answer.returncode == 1
    assert "no account" in answer.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("grant",),
        ("revoke",),
        ("promote", "a@example.com"),
        ("list", "more"),
        ("grant", "a@example.com", "--role", "boss"),
        ("grant", "a@example.com", "--name", " "),
    ],
)
def test_wrong_use(arguments: tuple[str, ...]) -> None:
    assert admin.main(list(arguments)) == 2


def test_help_is_no_wrong_use() -> None:
    assert admin.main(["--help"]) == 0


def test_without_a_project_it_says_what_to_set(run: Run, stack: LocalStack) -> None:
    for answer in (run("list", project=False), run("list", project=False, SUPABASE_URL=stack.supabase_url)):
        assert answer.returncode == 2
        assert "SUPABASE_SECRET_KEY" in answer.stderr


def test_a_project_that_refuses_or_is_not_there(run: Run, stack: LocalStack) -> None:
    for change in ({"SUPABASE_SECRET_KEY": stack.publishable_key}, {"SUPABASE_URL": "http://127.0.0.1:9"}):
        answer = run("list", **change)
        assert answer.returncode == 1
        assert "Traceback" not in answer.stderr
        assert stack.secret_key not in answer.stdout + answer.stderr


def test_the_stack_that_runs_here_is_found_by_its_file(run: Run, stack: LocalStack, tmp_path: Path) -> None:
    (tmp_path / "env").write_text("".join(f"{name}={value}\n" for name, value in stack.env().items()))
    assert run("list", project=False).returncode == 0
