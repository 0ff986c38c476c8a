"""The team: who answers conversations and sees the operators' pages.

    python -m scripts.admin grant EMAIL [--role admin|agent] [--name NAME]
    python -m scripts.admin revoke EMAIL
    python -m scripts.admin list

`grant` takes an account into the team, as an admin called 상담원 unless it is told otherwise; who is in it gets the
role, and keeps their name where none is told. `revoke` takes all rights from the next request on; what they wrote stays
under their name. `list` prints address, role and name of everybody in it, divided by tabs.

Works with the local Supabase and with a hosted project: SUPABASE_URL and SUPABASE_SECRET_KEY come from the environment,
`.env` or `.local/env`. Writes nothing but the table of operators. Exit codes: 0 done, 1 failed, 2 wrong use.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if __package__ in {None, ""}:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import httpx
from postgrest import APIError, SyncPostgrestClient
from pydantic import ValidationError
from supabase_auth import SyncGoTrueClient, SyncMemoryStorage
from supabase_auth.errors import AuthError
from supabase_auth.types import User

from scripts.local import envfile
from scripts.local.paths import LOCAL

DONE, FAILED, WRONG_USE = 0, 1, 2
_NAMES = ("SUPABASE_URL", "SUPABASE_SECRET_KEY")
_PAGE = 200
_SECONDS = 15.0


class UsageError(Exception):
    """The command cannot be understood or has no project to work on."""


class FailedError(Exception):
    """The project refuses, or there is no such account."""


@dataclass(frozen=True, slots=True)
class _Project:
    """The two halves of a project that are asked: who has an account, and who is in the team."""

    accounts: SyncGoTrueClient
    database: SyncPostgrestClient

    def ask(self, function: str, **params: Any) -> Any:
        return self.database.rpc(function, params).execute().data


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    try:
        options = _parser().parse_args(arguments)
    except SystemExit as end:
        return DONE if not end.code else WRONG_USE
    try:
        with httpx.Client(timeout=_SECONDS, trust_env=False) as connection:
            _COMMANDS[options.command](_project(connection), options)
    except UsageError as error:
        print(error, file=sys.stderr)
        return WRONG_USE
    except FailedError as error:
        print(error, file=sys.stderr)
        return FAILED
    except (AuthError, APIError, httpx.HTTPError, ValidationError) as error:
        # Not the message: it may quote what was sent.
        print(f"Supabase cannot be asked: {type(error).__name__}.", file=sys.stderr)
        return FAILED
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scripts.admin", description="Who is in the team.")
    commands = parser.add_subparsers(dest="command", required=True)
    grant = commands.add_parser("grant", help="take somebody into the team, or change their role and name")
    grant.add_argument("email", help="the address of the account")
    grant.add_argument("--role", choices=("admin", "agent"), default="admin", help="admin, if it is not told")
    grant.add_argument("--name", type=_name, help="what customers read; 상담원 for somebody new, if it is not told")
    revoke = commands.add_parser("revoke", help="take somebody out of the team")
    revoke.add_argument("email", help="the address of the account")
    commands.add_parser("list", help="print the team: address, role, name")
    return parser


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not 1 <= len(name) <= 80:
        raise argparse.ArgumentTypeError("a name has 1 to 80 characters")
    return name


def _project(connection: httpx.Client) -> _Project:
    # Both from one place: the URL of one project must never meet the key of another.
    values = envfile.configured()
    if not any(name in values for name in envfile.PROJECT_NAMES):
        values = envfile.read(LOCAL / "env")
    missing = [name for name in _NAMES if not values.get(name)]
    if missing:
        raise UsageError(f"No project is named: set {' and '.join(missing)}, or start the local one by `make run`.")
    url, key = values["SUPABASE_URL"].rstrip("/"), values["SUPABASE_SECRET_KEY"]
    headers = {"apikey": key, "Authorization": f"Bearer {key}"}
    accounts = SyncGoTrueClient(
        url=f"{url}/auth/v1",
        headers=headers,
        storage=SyncMemoryStorage(),
        auto_refresh_token=False,
        persist_session=False,
        http_client=connection,
    )
    return _Project(accounts, SyncPostgrestClient(f"{url}/rest/v1", headers=headers, http_client=connection))


def _grant(project: _Project, options: argparse.Namespace) -> None:
    user = _find(project, options.email)
    project.ask("operator_grant", p_user_id=user.id, p_role=options.role, p_name=options.name)
    print(f"{user.email} is now in the team ({options.role}): /inbox is where they answer.")


def _revoke(project: _Project, options: argparse.Namespace) -> None:
    user = _find(project, options.email)
    project.ask("operator_revoke", p_user_id=user.id)
    print(f"{user.email} is not in the team.")


def _list(project: _Project, _options: argparse.Namespace) -> None:
    team = project.ask("operators_list")
    addresses = {user.id: user.email for user in _users(project)} if team else {}
    for operator in team:
        account = operator["user_id"]
        print(addresses.get(account) or account, operator["role"], operator["display_name"], sep="\t")


_COMMANDS = {"grant": _grant, "revoke": _revoke, "list": _list}


def _find(project: _Project, email: str) -> User:
    wanted = email.strip().lower()
    for user in _users(project):
        if (user.email or "").lower() == wanted:
            return user
    raise FailedError(f"There is no account with the address {email}: sign up first.")


def _users(project: _Project) -> Iterator[User]:
    number = 1
    while users := project.accounts.admin.list_users(number, _PAGE):
        yield from users
        if len(users) < _PAGE:
            return
        number += 1


if __name__ == "__main__":
    sys.exit(main())
