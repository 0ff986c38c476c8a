"""What counts as a secret in a file, and what does not. The samples are put together here: none is in a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import secret_check
from scripts.secret_check import look, look_at

LONG = "k3Jq9ZtR7vWx2LmN8pYb5HsD1fGcA4Eu"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("KEY = 'sb_" + f"secret_{LONG}'", "a secret key of Supabase"),
        ("token: ey" + "JhbGciOiJIUzI1NiJ9.ey" + f"JzdWIiOiIxMjM0NTYifQ.{LONG}", "a token (JWT)"),
        ("-----BEGIN " + "RSA PRIVATE KEY-----", "a private key"),
        ("-----BEGIN " + "PRIVATE KEY-----", "a private key"),
        ("SESSION_" + f"KEY={LONG}", "a secret setting"),
        ("  export SUPABASE_JWT_" + f'SECRET="{LONG}"', "a secret setting"),
        ("postgresql://postgres:" + f"{LONG}@db.example.com:5432/postgres", "a database URL with a password"),
        ("url=postgres://me:" + "hunter2%21@10.0.0.1/x", "a database URL with a password"),
        ("gh" + f"p_{LONG}{LONG}", "a token of a forge or cloud"),
    ],
)
def test_secrets_are_found(line: str, kind: str) -> None:
    assert list(look_at(f"first line\n{line}\n")) == [(2, kind)]


@pytest.mark.parametrize(
    "line",
    [
        "SUPABASE_SECRET_KEY=sb_secret_…",
        "# SESSION_KEY=",
        "sb_secret_test",
        'f"sb_secret_{uuid.uuid4().hex}"',
        "postgresql://postgres:password@db.your-project.supabase.co:5432/postgres",
        "postgresql://postgres:[YOUR-PASSWORD]@db.example.com/postgres",
        'f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"',
        "postgresql://127.0.0.1:5432/postgres",
        "--hash=sha256:13b2beaad985e05e2d6407ee4c4f35590b11f8d693a258a561055cac8f64cab7",
        "SESSION_KEY: SecretStr | None = None",
    ],
)
def test_placeholders_and_code_are_none(line: str) -> None:
    assert list(look_at(line)) == []


def test_files_that_are_meant_for_secrets(tmp_path: Path) -> None:
    names = [".env", ".env.local", "tls/server.key", "id_ed25519", ".env.example", "keys.py", "environment.md"]
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("nothing")
    assert [found.path for found in look(tmp_path, names)] == [".env", ".env.local", "tls/server.key", "id_ed25519"]


def test_a_finding_does_not_show_the_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.txt").write_text("sb_" + f"secret_{LONG}")
    monkeypatch.setattr(secret_check, "ROOT", tmp_path)
    monkeypatch.setattr(secret_check, "_names", lambda _: ["notes.txt", "missing.txt"])
    assert secret_check.main([]) == 1
    said = capsys.readouterr().out
    assert "notes.txt:1: a secret key of Supabase" in said
    assert LONG not in said


def test_this_repository_holds_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert secret_check.main([]) == 0, capsys.readouterr().out
    assert secret_check.main(["x"]) == 2
