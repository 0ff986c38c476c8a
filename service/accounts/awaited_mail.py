"""What is kept while somebody waits for a mail, sealed so that only we can read it.

Belongs here: the cookie with the address that a mail was asked for, and the form field that proves a used link.
Does not belong here: what happens when the mail is read (`confirming.py`), the session (`session.py`).

Two things need the cookie. The page that asks for a mail's code knows the address without having it in its own; and
a link signs in only the browser that asked for it. Without that, a stranger could send the link of an account of
theirs, and who follows it would write into the stranger's account without noticing.
"""

from __future__ import annotations

from cryptography.fernet import InvalidToken
from flask import request
from werkzeug.wrappers import Response

from service.accounts.sealing import make_cipher, seal, unseal
from service.http.context import part
from service.settings import Settings
from service.supabase.auth import Tokens

COOKIE = "mail"
# As long as a mail's link works.
_SECONDS = 3600
# How long a link that was used up still lets its reader choose another password.
_SECOND_CHANCE = 900


def wait_for(response: Response, email: str) -> None:
    """Remember with `response` that a mail to `email` was asked for here."""
    _set(response, _seal("mail", email), _SECONDS)


def forget(response: Response) -> None:
    """The mail was read."""
    _set(response, "", 0)


def awaited() -> str:
    """The address that this browser waits for mail at; empty where it waits for none."""
    return _unseal("mail", request.cookies.get(COOKIE, ""), _SECONDS) or ""


def is_awaited(email: str) -> bool:
    """Whether a mail to `email` was asked for in this browser."""
    return bool(email) and awaited().lower() == email.lower()


def seal_proven(tokens: Tokens) -> str:
    """The session that a mail's proof gave, as a form field for setting a password."""
    return _seal("proven", seal(make_cipher(part(Settings)), tokens))


def unseal_proven(sealed: str) -> Tokens | None:
    """The reverse of `seal_proven`, or None. No session cookie passes for one."""
    inner = _unseal("proven", sealed, _SECOND_CHANCE)
    return unseal(make_cipher(part(Settings)), inner, _SECOND_CHANCE) if inner else None


def _seal(label: str, text: str) -> str:
    # The same key seals sessions: the label keeps one thing from passing for another.
    return make_cipher(part(Settings)).encrypt(f"{label} {text}".encode()).decode()


def _unseal(label: str, sealed: str, seconds: int) -> str | None:
    try:
        text = make_cipher(part(Settings)).decrypt(sealed.encode("ascii"), ttl=seconds).decode()
    except (InvalidToken, ValueError):
        return None
    found, _, rest = text.partition(" ")
    return rest if found == label else None


def _set(response: Response, value: str, seconds: int) -> None:
    response.set_cookie(
        COOKIE, value, max_age=seconds, secure=part(Settings).cookie_secure, httponly=True, samesite="Lax"
    )
