"""Who may see the operators' pages: make somebody an operator, take it back, list them.

    python -m scripts.admin grant EMAIL
    python -m scripts.admin revoke EMAIL
    python -m scripts.admin list

Works with the local Supabase and with a hosted project: SUPABASE_URL and SUPABASE_SECRET_KEY come from the
environment, `.env` or `.local/env`. Writes nothing but `app_metadata.role`. Exit codes: 0 done, 1 failed, 2 wrong use.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

if __package__ in {None, ""}:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import httpx
from pydantic import ValidationError
from supabase_auth import SyncGoTrueClient, SyncMemoryStorage
from supabase_auth.errors import AuthError
from supabase_auth.types import User

from scripts.local import envfile
from scripts.local.paths import LOCAL

DONE, FAILED, WRONG_USE = 0, 1, 2
ROLE = "admin"
_NAMES = ("SUPABASE_URL", "SUPABASE_SECRET_KEY")
_PAGE = 200
_SECONDS = 15.0


class UsageError(Exception):
    """The command cannot be understood or has no project to work on."""


class FailedError(Exception):
    """The project refuses, or there is no such account."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    try:
        options = _parser().parse_args(arguments)
    except SystemExit as end:
        return DONE if not end.code else WRONG_USE
    try:
        with httpx.Client(timeout=_SECONDS, trust_env=False) as connection:
            _run(_client(connection), options.command, getattr(options, "email", ""))
    except UsageError as error:
        print(error, file=sys.stderr)
        return WRONG_USE
    except FailedError as error:
        print(error, file=sys.stderr)
        return FAILED
    except (AuthError, httpx.HTTPError, ValidationError) as error:
        # Not the message: it may quote what was sent.
        print(f"Supabase Auth cannot be asked: {type(error).__name__}.", file=sys.stderr)
        return FAILED
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scripts.admin", description="Who may see the operators' pages.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (("grant", "make somebody an operator"), ("revoke", "take it back")):
        command = commands.add_parser(name, help=text)
        command.add_argument("email", help="the address of the account")
    commands.add_parser("list", help="print the operators' addresses, one a line")
    return parser


def _client(connection: httpx.Client) -> SyncGoTrueClient:
    # Both from one place: the URL of one project must never meet the key of another.
    values = envfile.configured()
    if not any(name in values for name in envfile.PROJECT_NAMES):
        values = envfile.read(LOCAL / "env")
    missing = [name for name in _NAMES if not values.get(name)]
    if missing:
        raise UsageError(f"No project is named: set {' and '.join(missing)}, or start the local one by `make run`.")
    key = values["SUPABASE_SECRET_KEY"]
    return SyncGoTrueClient(
        url=f"{values['SUPABASE_URL'].rstrip('/')}/auth/v1",
        headers={"apikey": key, "Authorization": f"Bearer {key}"},
        storage=SyncMemoryStorage(),
        auto_refresh_token=False,
        persist_session=False,
        http_client=connection,
    )


def _run(client: SyncGoTrueClient, command: str, email: str) -> None:
    if command == "list":
        for user in _users(client):
            if _is_operator(user):
                print(user.email or user.id)
        return
    user = _find(client, email)
    # null removes the entry; what else is in app_metadata stays.
    client.admin.update_user_by_id(user.id, {"app_metadata": {"role": ROLE if command == "grant" else None}})
    said = "now an operator: /admin shows the inquiries" if command == "grant" else "no operator"
    print(f"{user.email} is {said}.")


def _find(client: SyncGoTrueClient, email: str) -> User:
    wanted = email.strip().lower()
    for user in _users(client):
        if (user.email or "").lower() == wanted:
            return user
    raise FailedError(f"There is no account with the address {email}: sign up first.")


def _users(client: SyncGoTrueClient) -> Iterator[User]:
    number = 1
    while users := client.admin.list_users(number, _PAGE):
        yield from users
        if len(users) < _PAGE:
            return
        number += 1


def _is_operator(user: User) -> bool:
    return user.app_metadata.get("role") == ROLE


if __name__ == "__main__":
    sys.exit(main())
