"""What tests need of the local stack: members, personas, PostgREST as a member sees it. No assertions."""

import itertools
import json
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
from psycopg import Connection, sql

from scripts.local import LocalStack
from scripts.local.gateway import LEAST_PASSWORD_COST
from scripts.local.paths import LOCAL
from tests.concurrency import PATIENCE
from tests.words import a_word

PASSWORD = "correct-horse-1"
# Where Debian puts its programs.
POSTGRES_15 = Path("/usr/lib/postgresql/15/bin")
_numbers = itertools.count(1)


# In one database: what `bootstrap` says of the role, for others on the same server too, does not undo it.
_PATIENT = """
alter role authenticator in database postgres set statement_timeout = '{seconds}s';
alter role authenticator in database postgres set lock_timeout = '{seconds}s';
"""


class _PatientStack(LocalStack):
    """A stack that does not give up on what this machine is too busy for: hosted, a statement has eight seconds."""

    def apply_migrations(self, to: str | None = None) -> None:
        super().apply_migrations(to)
        with psycopg.connect(self.db_url, autocommit=True) as db:
            db.execute(_PATIENT.format(seconds=int(PATIENCE)))


@contextmanager
def temporary_stack(name: str, **options: Any) -> Iterator[LocalStack]:
    """Run a stack with a folder of its own below `.local/test`, gone at the end. `options` are LocalStack's.

    Tests sign up a thousand people: a password costs the least, unless `options` say otherwise.
    """
    options = {"password_cost": LEAST_PASSWORD_COST, **options}
    root = LOCAL / "test" / f"{os.getpid()}-{name}"
    _sweep(root.parent)
    try:
        with _PatientStack(root, durable=False, fresh=True, **options) as running:
            yield running
    finally:
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def temporary_server(name: str, **options: Any) -> Iterator[LocalStack]:
    """Run the database of such a stack alone."""
    root = LOCAL / "test" / f"{os.getpid()}-{name}"
    _sweep(root.parent)
    stack = LocalStack(root, durable=False, fresh=True, migrations=None, **options)
    try:
        stack.start_postgres()
        yield stack
    finally:
        stack.stop()
        shutil.rmtree(root, ignore_errors=True)


def _sweep(folder: Path) -> None:
    """Remove what runs that were killed left behind."""
    for left in folder.glob("*-*"):
        pid = left.name.partition("-")[0]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            shutil.rmtree(left, ignore_errors=True)


@dataclass(frozen=True)
class Member:
    """A real account of the local auth server."""

    id: str
    email: str
    password: str
    access_token: str
    refresh_token: str


def sign_up(stack: LocalStack, email: str | None = None, password: str = PASSWORD) -> Member:
    """Make an account, by default with an address that nobody else has."""
    email = email or f"member-{next(_numbers)}-{a_word()}@example.com"
    answer = httpx.post(
        f"{stack.supabase_url}/auth/v1/signup",
        headers={"apikey": stack.publishable_key},
        json={"email": email, "password": password},
        timeout=PATIENCE,
        trust_env=False,
    )
    answer.raise_for_status()
    session = answer.json()
    return Member(session["user"]["id"], email, password, session["access_token"], session["refresh_token"])


def sign_in_anonymously(stack: LocalStack) -> Member:
    """Make an account without a name: a guest's, whose session is a member's in everything."""
    answer = httpx.post(
        f"{stack.supabase_url}/auth/v1/signup",
        headers={"apikey": stack.publishable_key},
        json={},
        timeout=PATIENCE,
        trust_env=False,
    )
    answer.raise_for_status()
    session = answer.json()
    return Member(session["user"]["id"], "", "", session["access_token"], session["refresh_token"])


def rest(stack: LocalStack, token: str | None = None, *, secret: bool = False) -> httpx.Client:
    """Return a client of PostgREST: anon without a token, that member with one, the service with `secret`."""
    key = stack.secret_key if secret else stack.publishable_key
    headers = {"apikey": key, **({"Authorization": f"Bearer {token}"} if token else {})}
    url = f"{stack.supabase_url}/rest/v1"
    return httpx.Client(base_url=url, headers=headers, timeout=PATIENCE, trust_env=False)


def add_user(db: Connection[Any], email: str | None = None) -> str:
    """Insert an account straight into auth.users and return its id: for tests that need no token."""
    user = str(uuid.uuid4())
    db.execute("insert into auth.users (id, email) values (%s, %s)", [user, email or f"{user}@example.com"])
    return user


def become(db: Connection[Any], role: str, user_id: str | None = None, *, is_anonymous: bool = False) -> None:
    """Be `role` (and that user) until the transaction ends or `become_superuser`, as PostgREST would be."""
    claims: dict[str, Any] = {"role": role, **({"sub": user_id, "is_anonymous": is_anonymous} if user_id else {})}
    db.execute(sql.SQL("set local role {}").format(sql.Identifier(role)))
    db.execute("select set_config('request.jwt.claims', %s, true)", [json.dumps(claims)])


def become_superuser(db: Connection[Any]) -> None:
    """Be nobody's persona again."""
    db.execute("reset role")
    db.execute("select set_config('request.jwt.claims', '', true)")


@contextmanager
def persona(db: Connection[Any], role: str, user_id: str | None = None) -> Iterator[None]:
    """Be `role` for a block. A statement that fails in it rolls back to its beginning."""
    with db.transaction():
        become(db, role, user_id)
        yield
        become_superuser(db)


def connect(stack: LocalStack, **options: Any) -> Connection[Any]:
    """Return a superuser's connection of its own, for tests that need several at a time."""
    return psycopg.connect(stack.db_url, **options)
