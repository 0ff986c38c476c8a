"""What the forms about accounts share: reading what was entered, and showing a form again with a sentence.

Belongs here: fields, and which sentence a refusal becomes. Does not belong here: any one form (`pages.py`,
`confirming.py`), calls to Supabase Auth (`actions.py`, `proofs.py`).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping

from flask import Response, g, request
from werkzeug.wrappers import Response as BaseResponse

from service.accounts import awaited_mail
from service.core.contact import normal_email
from service.core.errors import RateLimited, UpstreamUnavailable
from service.core.outgoing import upstream_calls
from service.core.text import trim
from service.http.context import part
from service.http.limits import Limits
from service.site.frame import page, wished_place
from service.supabase.auth import AuthRefused, Reason

LONGEST_EMAIL = 320
# Longer than Supabase Auth takes for any of these, as a rule.
EVEN_SECONDS = 0.5
# Seconds after which to try again where Supabase Auth says "too often" and not how long: it lets one in every ten.
_TOO_OFTEN_WAIT = 10.0
_LONGEST_PASSWORD = 512
# What Supabase Auth takes, in bytes of UTF-8: bcrypt looks at no more.
_LONGEST_NEW_PASSWORD = 72
_SHORTEST_PASSWORD = 8
# Only what cannot be an address at all; Supabase Auth decides about the rest.
_EMAIL = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+")
# By reason: the sentence, and the field that it is about, "" for none. A test holds it complete.
SENTENCES: dict[Reason, tuple[str, str]] = {
    Reason.CREDENTIALS: ("auth_credentials", "email"),
    # An address that waits for its confirmation must not be told from a wrong password.
    Reason.UNCONFIRMED: ("auth_credentials", "email"),
    Reason.WEAK_PASSWORD: ("auth_weak_password", "password"),
    Reason.LONG_PASSWORD: ("auth_long_password", "password"),
    Reason.SAME_PASSWORD: ("auth_same_password", "password"),
    Reason.INVALID_EMAIL: ("auth_invalid_email", "email"),
    Reason.TAKEN: ("auth_taken", "email"),
    Reason.CLOSED: ("auth_closed", ""),
    Reason.TOO_OFTEN: ("auth_too_often", ""),
    Reason.PROOF: ("auth_link", "code"),
    Reason.OTHER: ("auth_other", ""),
}
_STATUS = {"auth_too_often": 429, "auth_unavailable": 503}


class Refused(Exception):
    """A form cannot be taken as it is: the sentence about it, the field that it is about, seconds to wait."""

    def __init__(self, error: str, field: str = "email", *, wait: float | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.field = field
        self.wait = wait


def show(template: str, status: int = 200, *, wait: float | None = None, **values: object) -> Response:
    """A form, with the address that was entered, or that this browser waits for mail at."""
    email = request.form.get("email", "").strip()[:LONGEST_EMAIL] or awaited_mail.awaited()
    # What was entered stands in it, so it is never public.
    response = page(template, status, wait=wait, is_public=False, email=email, next=wished_place(), **values)
    # A link's token stands in the address of its page: it is told to nobody, not even to ourselves.
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


def answer(
    template: str,
    attempt: Callable[[], BaseResponse],
    values: Mapping[str, object] | None = None,
) -> BaseResponse:
    """What `attempt` answers, or the form again with a sentence.

    `values` are the template's, read only after the attempt, which may change them.
    """
    began = time.monotonic()
    try:
        part(Limits).check_account()
        return attempt()
    except (Refused, AuthRefused, RateLimited, UpstreamUnavailable) as error:
        refused = _explained(error)
    finally:
        _even_out(began)
    status = _STATUS.get(refused.error, 422)
    return show(template, status, wait=refused.wait, error=refused.error, field=refused.field, **(values or {}))


def _even_out(began: float) -> None:
    """Wait until the next multiple of EVEN_SECONDS after `began`, where Supabase was asked and no session follows.

    An address that is known takes Supabase longer: there is a password to compare, a mail to send. Whoever looks at the
    clock must not learn that here. `began` is by time.monotonic.
    """
    if upstream_calls.get() and not g.get("session_to_send"):
        time.sleep(EVEN_SECONDS - (time.monotonic() - began) % EVEN_SECONDS)


def read_email() -> str:
    """The address that was entered, its domain as mail servers take it, in ASCII. Raises Refused."""
    email = trim(request.form.get("email", ""))
    if not email:
        raise Refused("auth_email_missing")
    normal = normal_email(email) or ""
    if len(normal) > LONGEST_EMAIL or not _EMAIL.fullmatch(normal):
        raise Refused("auth_invalid_email")
    if not normal.isascii():
        raise Refused("auth_email_letters")
    return normal


def read_password() -> str:
    """The password of an account that there may be. Raises Refused."""
    password = request.form.get("password", "")
    if not password:
        raise Refused("auth_password_missing", "password")
    if len(password) > _LONGEST_PASSWORD:
        raise Refused("auth_credentials")
    return password


def read_new_password() -> str:
    """A password that is about to be set. Raises Refused."""
    password = request.form.get("password", "")
    if not password:
        raise Refused("auth_password_missing", "password")
    if len(password) < _SHORTEST_PASSWORD:
        raise Refused("auth_weak_password", "password")
    if len(password.encode("utf-8", "replace")) > _LONGEST_NEW_PASSWORD:
        raise Refused("auth_long_password", "password")
    return password


def _explained(error: Exception) -> Refused:
    match error:
        case Refused():
            return error
        case AuthRefused():
            wait = _TOO_OFTEN_WAIT if error.reason is Reason.TOO_OFTEN else None
            return Refused(*SENTENCES[error.reason], wait=wait)
        case RateLimited():
            return Refused("auth_too_often", "", wait=error.retry_after)
        case _:
            return Refused("auth_unavailable", "", wait=getattr(error, "retry_after", None))
