"""Sessions of Supabase Auth, and what its refusals mean for us.

Belongs here: tokens, and telling refusals from failures. Does not belong here: which calls there are
(`service/accounts`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import ValidationError
from supabase_auth.errors import AuthApiError, AuthError, AuthWeakPasswordError
from supabase_auth.types import AuthResponse, Session

from service.core.errors import UpstreamUnavailable


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


def session_of(response: AuthResponse) -> Tokens:
    """The session in an answer. Raises UpstreamUnavailable where there is none."""
    if response.session is None:
        raise UpstreamUnavailable("Supabase Auth gave no session")
    return tokens_of(response.session)


def tokens_of(session: Session) -> Tokens:
    """The tokens of a session."""
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
