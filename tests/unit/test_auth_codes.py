"""What Supabase Auth refuses becomes a sentence at the right field, for every code that its library knows."""

from __future__ import annotations

from typing import get_args

import httpx
import pytest
from structlog.testing import capture_logs
from supabase_auth.errors import AuthApiError, AuthRetryableError, AuthWeakPasswordError, ErrorCode

from service.accounts.form_page import SENTENCES
from service.core.errors import UpstreamUnavailable
from service.core.locale import LOCALES
from service.site.texts import TEXTS
from service.supabase.auth import FAILURES, REASONS, AuthRefused, Reason, refusals

CODES: tuple[ErrorCode, ...] = get_args(ErrorCode)
FIELDS = {"email", "password", "code", ""}


def refused(error: Exception) -> Reason:
    with pytest.raises(AuthRefused) as raised, refusals():
        raise error
    return raised.value.reason


def test_every_code_of_the_library_is_known_and_no_other() -> None:
    assert set(CODES) == set(REASONS) | FAILURES
    assert not set(REASONS) & FAILURES


def test_every_reason_has_a_sentence_in_every_language_and_a_field() -> None:
    assert set(SENTENCES) == set(Reason)
    for sentence, field in SENTENCES.values():
        assert field in FIELDS
        assert all(TEXTS[locale][sentence] for locale in LOCALES)


@pytest.mark.parametrize("code", [one for one in CODES if one not in FAILURES and one != "validation_failed"])
def test_a_code_is_a_refusal_for_its_reason(code: ErrorCode) -> None:
    assert refused(AuthApiError("in words", 422, code)) is REASONS[code]


@pytest.mark.parametrize("code", sorted(FAILURES))
def test_a_failure_is_no_refusal_whatever_its_status(code: ErrorCode) -> None:
    with pytest.raises(UpstreamUnavailable), refusals():
        raise AuthApiError("in words", 422, code)


def test_the_log_says_how_it_failed_and_not_in_which_words() -> None:
    with capture_logs() as told:
        with pytest.raises(UpstreamUnavailable), refusals():
            raise AuthApiError("hana@example.com", 500, None)
        with pytest.raises(UpstreamUnavailable), refusals():
            raise AuthRetryableError("hana@example.com", 0) from httpx.ConnectTimeout("hana.example.com")
    assert [one["reason"] for one in told] == ["500", "AuthRetryableError < ConnectTimeout"]
    assert "hana" not in str(told)


@pytest.mark.parametrize(("message", "reason"), [
    ("Password cannot be longer than 72 characters", Reason.LONG_PASSWORD),
    ("Signup requires a valid password", Reason.WEAK_PASSWORD),
    ("Unable to validate email address: invalid format", Reason.INVALID_EMAIL),
])  # fmt: skip
def test_what_is_wrong_with_the_password_is_not_blamed_on_the_address(message: str, reason: Reason) -> None:
    assert refused(AuthApiError(message, 400, "validation_failed")) is reason


@pytest.mark.parametrize(("code", "sentence", "field"), [
    ("invalid_credentials", "auth_credentials", "email"),
    ("email_not_confirmed", "auth_credentials", "email"),
    ("weak_password", "auth_weak_password", "password"),
    ("same_password", "auth_same_password", "password"),
    ("email_address_invalid", "auth_invalid_email", "email"),
    ("email_exists", "auth_taken", "email"),
    ("user_already_exists", "auth_taken", "email"),
    ("signup_disabled", "auth_closed", ""),
    ("over_email_send_rate_limit", "auth_too_often", ""),
    ("otp_expired", "auth_link", "code"),
])  # fmt: skip
def test_a_code_is_told_at_its_field(code: ErrorCode, sentence: str, field: str) -> None:
    assert SENTENCES[refused(AuthApiError("in words", 422, code))] == (sentence, field)


def test_a_long_password_is_told_at_its_field() -> None:
    message = "Password cannot be longer than 72 characters"
    reason = refused(AuthApiError(message, 400, "validation_failed"))
    assert SENTENCES[reason] == ("auth_long_password", "password")


def test_other_refusals() -> None:
    assert refused(AuthWeakPasswordError("in words", 422, ["length"])) is Reason.WEAK_PASSWORD
    assert refused(AuthApiError("in words", 429, None)) is Reason.TOO_OFTEN
    assert refused(AuthApiError("in words", 422, None)) is Reason.OTHER
