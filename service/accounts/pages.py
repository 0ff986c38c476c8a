"""Signing up, in and out.

Belongs here: which session follows a form. Does not belong here: what needs a mail (`confirming.py`), what the
forms share (`form_page.py`).

Nothing here tells who has an account: a wrong password, an unknown address and an unconfirmed one read the same.
The one exception is signing up where Supabase asks for no confirmation: a free address gets a session at once, so
a taken one cannot look like it.
"""

from __future__ import annotations

import structlog
from flask import Blueprint, redirect
from werkzeug.wrappers import Response as BaseResponse

from service.accounts import actions
from service.accounts.confirming import look_into_mail
from service.accounts.form_page import answer, read_email, read_new_password, read_password, show
from service.accounts.session import Sessions
from service.accounts.who import optional_member
from service.core.errors import MunuiError
from service.http.context import part
from service.http.limits import Limits
from service.site.frame import notice, place_to_go, see_other
from service.supabase.auth import AuthRefused, Reason, Tokens
from service.supabase.clients import Upstream

bp = Blueprint("accounts", __name__)
log = structlog.get_logger(__name__)


@bp.get("/sign-in")
def sign_in_form() -> BaseResponse:
    """The form to sign in; who is signed in already goes on."""
    if optional_member():
        return redirect(place_to_go(), 303)
    return show("sign_in.html", notice=notice())


@bp.get("/sign-up")
def sign_up_form() -> BaseResponse:
    """The form to sign up; who is signed in already goes on."""
    return redirect(place_to_go(), 303) if optional_member() else show("sign_up.html")


@bp.post("/sign-in")
def sign_in() -> BaseResponse:
    """Start a session, or show the form again with a sentence."""
    return answer("sign_in.html", _sign_in)


@bp.post("/sign-up")
def sign_up() -> BaseResponse:
    """Make an account: signed in at once, or after its address was confirmed."""
    return answer("sign_up.html", _sign_up)


@bp.post("/sign-out")
def sign_out() -> BaseResponse:
    """End the session here in any case, and at Supabase if it can be reached."""
    try:
        member = optional_member()
        if member is not None:
            actions.sign_out(part(Upstream), member.token)
    except (MunuiError, AuthRefused) as error:
        log.warning("sign_out_not_told", error=type(error).__name__)
    part(Sessions).end()
    return see_other("site.index")


def _sign_in() -> BaseResponse:
    email, password = read_email(), read_password()
    part(Limits).check_sign_in(email)
    try:
        return _begin(actions.sign_in(part(Upstream), email, password))
    except AuthRefused as refused:
        if refused.reason in {Reason.CREDENTIALS, Reason.UNCONFIRMED}:
            part(Limits).sign_in_failed(email)
        raise


def _sign_up() -> BaseResponse:
    email, password = read_email(), read_new_password()
    tokens = _ask_for_account(email, password)
    return _begin(tokens) if tokens is not None else look_into_mail(email, "signup")


def _ask_for_account(email: str, password: str) -> Tokens | None:
    try:
        return actions.sign_up(part(Upstream), email, password)
    except AuthRefused as refused:
        if refused.reason is not Reason.TOO_OFTEN:
            raise
        # A mail went to this address a moment ago. To say so would tell that somebody signed up with it.
        return None


def _begin(tokens: Tokens) -> BaseResponse:
    part(Sessions).start(tokens)
    return redirect(place_to_go(), 303)
