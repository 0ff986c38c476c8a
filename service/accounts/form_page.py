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
from service.core.errors import RateLimited, UpstreamUnavailable
from service.core.outgoing import upstream_calls
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
_SHORTEST_PASSWORD = 8
# Only what cannot be an address at all; Supabase Auth decides about the rest.
_EMAIL = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+")
# An address that waits for its confirmation must not be told from a wrong password.
_SENTENCES = {Reason.UNCONFIRMED: "auth_credentials", Reason.CREDENTIALS: "auth_credentials"}
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
    response = page(template, status, wait=wait, email=email, next=wished_place(), **values)
    # A link's token stands in the address of its page: it is told to nobody, not even to ourselves.
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


def answer(
    template: str,
    attempt: Callable[[], BaseResponse],
    values: Mapping[str, object] | None = None,
    *,
    other: str = "auth_other",
) -> BaseResponse:
    """What `attempt` answers, or the form again with a sentence; `other` is the one for unknown reasons.

    `values` are the template's, read only after the attempt, which may change them.
    """
    began = time.monotonic()
    try:
        part(Limits).check_account()
        return attempt()
    except (Refused, AuthRefused, RateLimited, UpstreamUnavailable) as error:
        refused = _explained(error, other)
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
    """The address that was entered. Raises Refused."""
    email = request.form.get("email", "").strip()
    if not email:
        raise Refused("auth_email_missing")
    if len(email) > LONGEST_EMAIL or not _EMAIL.fullmatch(email):
        raise Refused("auth_invalid_email")
    return email


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
    if not _SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD:
        raise Refused("auth_weak_password", "password")
    return password


def _explained(error: Exception, other: str) -> Refused:
    match error:
        case Refused():
            return error
        case AuthRefused(reason=Reason.OTHER):
            return Refused(other, "password")
        case AuthRefused(reason=Reason.WEAK_PASSWORD):
            return Refused("auth_weak_password", "password")
        case AuthRefused():
            wait = _TOO_OFTEN_WAIT if error.reason is Reason.TOO_OFTEN else None
            return Refused(_SENTENCES.get(error.reason, f"auth_{error.reason}"), wait=wait)
        case RateLimited():
            return Refused("auth_too_often", wait=error.retry_after)
        case _:
            return Refused("auth_unavailable", wait=getattr(error, "retry_after", None))
