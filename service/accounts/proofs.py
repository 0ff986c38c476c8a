"""What mails of Supabase Auth lead to: a confirmed address, a new password.

Belongs here: the calls behind those mails. Does not belong here: signing in and out (`actions.py`), links and pages.

A link's `token_hash` or a mail's code proves the same thing; either works once and for a limited time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from supabase_auth.types import AuthResponse, VerifyOtpParams

from service.supabase.auth import AuthRefused, Reason, Tokens, refusals, session_of
from service.supabase.clients import Upstream

Purpose = Literal["signup", "recovery"]


@dataclass(frozen=True, slots=True)
class Proof:
    """What a mail gave to its reader: the hash in its link, or the code together with the address."""

    purpose: Purpose
    token_hash: str = ""
    email: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Proven:
    """The account whose mail was read, with a session of its own."""

    id: UUID
    email: str
    tokens: Tokens


def prove(upstream: Upstream, proof: Proof) -> Proven:
    """Use a proof up. Raises AuthRefused where it is wrong, old or used; UpstreamUnavailable."""
    with refusals():
        response = upstream.visitor_client().verify_otp(_params(proof))
        return _proven(response)


def send_recovery(upstream: Upstream, email: str) -> None:
    """Have a mail for a new password sent, if there is such an account. Raises UpstreamUnavailable.

    Whether there is one, and whether it was asked too often, looks the same to the caller.
    """
    _silently(lambda: upstream.visitor_client().reset_password_for_email(email))


def send_confirmation(upstream: Upstream, email: str) -> None:
    """Have the mail about a new account sent once more, as quietly as `send_recovery`. Raises UpstreamUnavailable."""
    _silently(lambda: upstream.visitor_client().resend({"type": "signup", "email": email}))


def set_password(upstream: Upstream, tokens: Tokens, password: str) -> Tokens:
    """Change the password and end every other session of this member; the session that stays.

    Raises AuthRefused where the password is refused; UpstreamUnavailable.
    """
    client = upstream.auth_client()
    with refusals():
        kept = session_of(client.set_session(tokens.access, tokens.refresh))
        client.update_user({"password": password})
        client.admin.sign_out(kept.access, "others")
    return kept


def _params(proof: Proof) -> VerifyOtpParams:
    if proof.token_hash:
        return {"type": proof.purpose, "token_hash": proof.token_hash}
    return {"type": proof.purpose, "email": proof.email, "token": proof.code}


def _proven(response: AuthResponse) -> Proven:
    tokens = session_of(response)
    if response.user is None:
        raise AuthRefused(Reason.OTHER)
    return Proven(UUID(response.user.id), response.user.email or "", tokens)


def _silently(send: Callable[[], object]) -> None:
    try:
        with refusals():
            send()
    except AuthRefused:
        # An address that is unknown, confirmed already, or was written to a moment ago: nobody's business.
        return
