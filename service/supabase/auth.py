"""Sessions of Supabase Auth, and what its refusals mean for us.

Belongs here: tokens, and telling refusals from failures. Does not belong here: which calls there are
(`service/accounts`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

import structlog
from pydantic import ValidationError
from supabase_auth.errors import AuthApiError, AuthError, AuthWeakPasswordError, ErrorCode
from supabase_auth.types import AuthResponse, Session

from service.core.errors import UpstreamUnavailable

log = structlog.get_logger(__name__)


class Reason(StrEnum):
    """Why Supabase Auth refused, as far as it matters to a person."""

    CREDENTIALS = "credentials"
    UNCONFIRMED = "unconfirmed"
    WEAK_PASSWORD = "weak_password"  # noqa: S105 - a reason, not a password
    LONG_PASSWORD = "long_password"  # noqa: S105
    SAME_PASSWORD = "same_password"  # noqa: S105
    INVALID_EMAIL = "invalid_email"
    TAKEN = "taken"
    CLOSED = "closed"
    TOO_OFTEN = "too_often"
    # The link, the code or the session that should prove who asks is used up or too old.
    PROOF = "proof"
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


# Every code that the library knows, and what it is to a person. A test holds this complete: a code that a new version
# brings is looked at, and never told under somebody else's name.
REASONS: dict[ErrorCode, Reason] = {
    "invalid_credentials": Reason.CREDENTIALS,
    "user_not_found": Reason.CREDENTIALS,
    # Who is banned should not learn here that the password was right; nor where else an account belongs.
    "user_banned": Reason.CREDENTIALS,
    "user_sso_managed": Reason.CREDENTIALS,
    "email_not_confirmed": Reason.UNCONFIRMED,
    "phone_not_confirmed": Reason.UNCONFIRMED,
    "provider_email_needs_verification": Reason.UNCONFIRMED,
    "weak_password": Reason.WEAK_PASSWORD,
    "same_password": Reason.SAME_PASSWORD,
    "email_address_invalid": Reason.INVALID_EMAIL,
    "email_address_not_authorized": Reason.INVALID_EMAIL,
    # Where it is not the password; `_reason` looks.
    "validation_failed": Reason.INVALID_EMAIL,
    "user_already_exists": Reason.TAKEN,
    "email_exists": Reason.TAKEN,
    "phone_exists": Reason.TAKEN,
    "identity_already_exists": Reason.TAKEN,
    "email_conflict_identity_not_deletable": Reason.TAKEN,
    "signup_disabled": Reason.CLOSED,
    "email_provider_disabled": Reason.CLOSED,
    "phone_provider_disabled": Reason.CLOSED,
    "provider_disabled": Reason.CLOSED,
    "anonymous_provider_disabled": Reason.CLOSED,
    "otp_disabled": Reason.CLOSED,
    "over_request_rate_limit": Reason.TOO_OFTEN,
    "over_email_send_rate_limit": Reason.TOO_OFTEN,
    "over_sms_send_rate_limit": Reason.TOO_OFTEN,
    "otp_expired": Reason.PROOF,
    "bad_jwt": Reason.PROOF,
    "invalid_jwt": Reason.PROOF,
    "no_authorization": Reason.PROOF,
    "session_not_found": Reason.PROOF,
    "flow_state_not_found": Reason.PROOF,
    "flow_state_expired": Reason.PROOF,
    "bad_code_verifier": Reason.PROOF,
    "invite_not_found": Reason.PROOF,
    "reauth_nonce_missing": Reason.PROOF,
    "reauthentication_needed": Reason.PROOF,
    "reauthentication_not_valid": Reason.PROOF,
    "insufficient_aal": Reason.PROOF,
    # What none of our forms asks for: other factors, providers, hooks, a captcha. Set up otherwise than we know.
    "bad_json": Reason.OTHER,
    "not_admin": Reason.OTHER,
    "bad_oauth_state": Reason.OTHER,
    "bad_oauth_callback": Reason.OTHER,
    "oauth_provider_not_supported": Reason.OTHER,
    "unexpected_audience": Reason.OTHER,
    "single_identity_not_deletable": Reason.OTHER,
    "too_many_enrolled_mfa_factors": Reason.OTHER,
    "mfa_factor_name_conflict": Reason.OTHER,
    "mfa_factor_not_found": Reason.OTHER,
    "mfa_ip_address_mismatch": Reason.OTHER,
    "mfa_challenge_expired": Reason.OTHER,
    "mfa_verification_failed": Reason.OTHER,
    "mfa_verification_rejected": Reason.OTHER,
    "captcha_failed": Reason.OTHER,
    "saml_provider_disabled": Reason.OTHER,
    "manual_linking_disabled": Reason.OTHER,
    "sms_send_failed": Reason.OTHER,
    "saml_relay_state_not_found": Reason.OTHER,
    "saml_relay_state_expired": Reason.OTHER,
    "saml_idp_not_found": Reason.OTHER,
    "saml_assertion_no_user_id": Reason.OTHER,
    "saml_assertion_no_email": Reason.OTHER,
    "sso_provider_not_found": Reason.OTHER,
    "saml_metadata_fetch_failed": Reason.OTHER,
    "saml_idp_already_exists": Reason.OTHER,
    "sso_domain_already_exists": Reason.OTHER,
    "saml_entity_id_mismatch": Reason.OTHER,
    "identity_not_found": Reason.OTHER,
    "hook_payload_over_size_limit": Reason.OTHER,
    "hook_payload_invalid_content_type": Reason.OTHER,
    "mfa_phone_enroll_not_enabled": Reason.OTHER,
    "mfa_phone_verify_not_enabled": Reason.OTHER,
    "mfa_totp_enroll_not_enabled": Reason.OTHER,
    "mfa_totp_verify_not_enabled": Reason.OTHER,
    "mfa_webauthn_enroll_not_enabled": Reason.OTHER,
    "mfa_webauthn_verify_not_enabled": Reason.OTHER,
    "mfa_verified_factor_exists": Reason.OTHER,
}
# Failures of its own, whatever the status: the same may work in a moment.
FAILURES: frozenset[ErrorCode] = frozenset(
    {"unexpected_failure", "conflict", "request_timeout", "hook_timeout", "hook_timeout_after_retry"}
)


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
        if error.status >= 500 or error.code in FAILURES or (error.status == 401 and error.code is None):
            log.warning("upstream_unavailable", asked="auth", reason=str(error.code or error.status))
            raise UpstreamUnavailable("Supabase Auth failed") from None
        raise AuthRefused(_reason(error)) from None
    # A cut connection, an answer that is no JSON, or JSON that is no session.
    except (AuthError, ValidationError, ValueError) as error:
        # Below it is the connection's own error; its message may quote what was answered.
        causes = [type(one).__name__ for one in (error, error.__cause__) if one is not None]
        log.warning("upstream_unavailable", asked="auth", reason=" < ".join(causes))
        raise UpstreamUnavailable("Supabase Auth did not answer as expected") from None


def _reason(error: AuthApiError) -> Reason:
    # The one code for every field; only its sentence says which. A password that is too long is one of these.
    if error.code == "validation_failed" and "password" in error.message.lower():
        return Reason.LONG_PASSWORD if "longer" in error.message.lower() else Reason.WEAK_PASSWORD
    return REASONS.get(error.code, Reason.OTHER) if error.code else Reason.OTHER
