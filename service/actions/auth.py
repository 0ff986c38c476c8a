"""Accounts and sessions at Supabase Auth.

Belongs here: calls to Supabase Auth and what their failures mean for us. Does not belong here: cookies,
forms, texts. Each call has a client of its own on the shared pool: a client remembers who signed in, so
none is ever shared.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from pydantic import ValidationError
from supabase_auth.errors import AuthApiError, AuthError, AuthWeakPasswordError
from supabase_auth.types import AuthResponse, Session, User

from service.actions.calls import ATTEMPTS
from service.actions.clients import Upstream
from service.domain.errors import Unauthenticated, UpstreamUnavailable


class Reason(StrEnum):
    """Why Supabase Auth refused."""

    CREDENTIALS = "credentials"
    UNCONFIRMED = "unconfirmed"
    WEAK_PASSWORD = "weak_password"  # noqa: S105 - a reason, not a password
    INVALID_EMAIL = "invalid_email"
    TAKEN = "taken"
    CLOSED = "closed"
    TOO_OFTEN = "too_often"
    OTHER = "other"


class AuthRefused(Exception):
    """Supabase Auth said no, for a reason that the person can do something about."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a session. `expires_at` is the access token's end in seconds since 1970."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: int


_REASONS = {
    "invalid_credentials": Reason.CREDENTIALS,
    "user_not_found": Reason.CREDENTIALS,
    # Who is banned should not learn here that the password was right.
    "user_banned": Reason.CREDENTIALS,
    "email_not_confirmed": Reason.UNCONFIRMED,
    "weak_password": Reason.WEAK_PASSWORD,
    "validation_failed": Reason.INVALID_EMAIL,
    "email_address_invalid": Reason.INVALID_EMAIL,
    "email_address_not_authorized": Reason.INVALID_EMAIL,
    "user_already_exists": Reason.TAKEN,
    "email_exists": Reason.TAKEN,
    "signup_disabled": Reason.CLOSED,
    "email_provider_disabled": Reason.CLOSED,
    "over_request_rate_limit": Reason.TOO_OFTEN,
    "over_email_send_rate_limit": Reason.TOO_OFTEN,
}


def sign_up(upstream: Upstream, email: str, password: str) -> Tokens | None:
    """Make an account; its session, or None where the address must be confirmed first.

    Raises AuthRefused, UpstreamUnavailable.
    """
    with refusals():
        response = upstream.auth_client().sign_up({"email": email, "password": password})
        return _tokens(response.session) if response.session is not None else None


def sign_in(upstream: Upstream, email: str, password: str) -> Tokens:
    """Start a session. Raises AuthRefused, UpstreamUnavailable."""
    with refusals():
        return session_of(upstream.auth_client().sign_in_with_password({"email": email, "password": password}))


def refresh(upstream: Upstream, refresh_token: str) -> Tokens:
    """Exchange a refresh token, which works once. Raises Unauthenticated, UpstreamUnavailable."""
    try:
        with refusals():
            return session_of(upstream.auth_client().refresh_session(refresh_token))
    except AuthRefused as refused:
        if refused.reason is Reason.TOO_OFTEN:
            raise UpstreamUnavailable("Supabase Auth is limiting requests") from None
        raise Unauthenticated("The session has ended") from None


def sign_out(upstream: Upstream, access_token: str) -> None:
    """End this one session; others of the same member stay. Raises AuthRefused, UpstreamUnavailable."""
    with refusals():
        upstream.auth_client().admin.sign_out(access_token, "local")


def get_user(upstream: Upstream, access_token: str) -> User:
    """The account behind a token, asked at Supabase. Raises Unauthenticated, UpstreamUnavailable."""
    try:
        with refusals():
            response = upstream.auth_client().get_user(access_token)
    except AuthRefused:
        raise Unauthenticated("The account cannot be used") from None
    if response is None:
        raise Unauthenticated("The account cannot be used")
    return response.user


def _delete_user(upstream: Upstream, user_id: str) -> None:
    for attempt in range(ATTEMPTS):
        try:
            upstream.auth_client(as_service=True).admin.delete_user(user_id)
        except AuthApiError as error:
            if error.status == 404 and attempt:
                # It was done, though the answer said otherwise.
                return
            if error.status != 500 or attempt == ATTEMPTS - 1:
                raise
        else:
            return


def session_of(response: AuthResponse) -> Tokens:
    if response.session is None:
        raise UpstreamUnavailable("Supabase Auth gave no session")
    return _tokens(response.session)


def _tokens(session: Session) -> Tokens:
    # The library fills `expires_at` in from `expires_in` where the server sent none.
    return Tokens(session.access_token, session.refresh_token, session.expires_at or 0)


@contextmanager
def refusals() -> Iterator[None]:
    """Tell refusals from failures: only an answer of 4xx that is about this request is a refusal."""
    try:
        yield
    except AuthWeakPasswordError:
        raise AuthRefused(Reason.WEAK_PASSWORD) from None
    except AuthApiError as error:
        if error.status == 429:
            raise AuthRefused(Reason.TOO_OFTEN) from None
        # 401 without a known code is the gateway's word about our own key, not about the person.
        if error.status >= 500 or (error.status == 401 and error.code is None):
            raise UpstreamUnavailable("Supabase Auth failed") from None
        raise AuthRefused(_REASONS.get(error.code or "", Reason.OTHER)) from None
    # A cut connection, an answer that is no JSON, or JSON that is no session.
    except (AuthError, ValidationError, ValueError):
        raise UpstreamUnavailable("Supabase Auth did not answer as expected") from None


def delete_user(upstream: Upstream, user_id: UUID) -> None:
    """Remove an account, and by foreign keys all that belongs to it. Raises Unauthenticated, UpstreamUnavailable.

    Who writes at this moment may bring it into a deadlock, of which Supabase Auth tells nothing but a 500.
    """
    try:
        with refusals():
            _delete_user(upstream, str(user_id))
    except AuthRefused:
        # It is gone already, and with it the right to ask.
        raise Unauthenticated("The account cannot be used") from None
