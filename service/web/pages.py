"""The pages people see, and the forms that sign them up, in and out.

Belongs here: HTML and form posts. Does not belong here: the conversation itself, which the page's script
fetches from the API like any other client.

Every form is a POST that must come with our own `Origin` (`origins.py`), and answers a success with 303, so
that a reload repeats nothing. A failure is told at the form in a sentence that does not tell who has an
account: a wrong password and an unknown address read the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import structlog
from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from service.actions import auth
from service.actions.auth import AuthRefused, Reason, Tokens
from service.domain.errors import MunuiError, RateLimited, UpstreamUnavailable
from service.domain.state import LOCALES
from service.web.auth import optional_member
from service.web.context import services
from service.web.limits import whole_seconds
from service.web.texts import COOKIE, TEXTS, current_locale

bp = Blueprint("pages", __name__)
log = structlog.get_logger(__name__)

_YEAR = 365 * 24 * 3600
_LONGEST_EMAIL = 320
_LONGEST_PASSWORD = 512
# Only what cannot be an address at all; Supabase Auth decides about the rest.
_EMAIL = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+")
# Seconds after which to try again where nobody said.
_WAIT = 2.0
_NOTICES = frozenset({"confirm"})
_STATUS = {Reason.TOO_OFTEN: 429}


@bp.get("/")
def index() -> Response:
    """The chat for who is signed in, otherwise the forms."""
    member = optional_member()
    if member is None:
        return _form()
    return _page("chat.html", email=member.email or "")


@bp.get("/sign-in")
@bp.get("/sign-up")
def form_address() -> BaseResponse:
    """The forms live on the first page; who reloads after a failed attempt comes here."""
    return redirect(url_for("pages.index"), 303)


@bp.post("/sign-in")
def sign_in() -> BaseResponse:
    """Start a session; 303 to the chat, or the form again with a sentence."""

    def attempt(email: str, password: str) -> Tokens | None:
        services().limits.check_sign_in(email)
        try:
            return auth.sign_in(services().upstream, email, password)
        except AuthRefused as refused:
            if refused.reason is Reason.CREDENTIALS:
                services().limits.sign_in_failed(email)
            raise

    return _submit(attempt)


@bp.post("/sign-up")
def sign_up() -> BaseResponse:
    """Make an account; 303 to the chat or to "look into your mail", or the form again with a sentence."""
    return _submit(lambda email, password: auth.sign_up(services().upstream, email, password))


@bp.post("/sign-out")
def sign_out() -> BaseResponse:
    """End the session here in any case, and at Supabase if it can be reached."""
    try:
        member = optional_member()
        if member is not None:
            auth.sign_out(services().upstream, member.token)
    except (MunuiError, AuthRefused) as error:
        log.warning("sign_out_not_told", error=type(error).__name__)
    services().sessions.end()
    return redirect(url_for("pages.index"), 303)


def error_page(code: str, status: int) -> str:
    """A small page about an error."""
    texts = TEXTS[current_locale()]
    return render_template(
        "error.html", texts=texts, locale=current_locale(), message=texts[f"error_{code}"], status=status
    )


def _submit(attempt: Callable[[str, str], Tokens | None]) -> BaseResponse:
    email = request.form.get("email", "").strip()
    password = request.form.get("password", "")
    fault = _fault(email, password)
    if fault is not None:
        return _form(fault, 422, email=email[:_LONGEST_EMAIL])
    try:
        tokens = attempt(email, password)
    except AuthRefused as refused:
        return _form(f"auth_{refused.reason}", _STATUS.get(refused.reason, 422), email=email)
    except RateLimited as limited:
        return _form("auth_too_often", 429, email=email, wait=limited.retry_after)
    except UpstreamUnavailable as failed:
        return _form("auth_unavailable", 503, email=email, wait=failed.retry_after)
    if tokens is None:
        return redirect(url_for("pages.index", notice="confirm"), 303)
    services().sessions.start(tokens)
    return redirect(url_for("pages.index"), 303)


def _fault(email: str, password: str) -> str | None:
    """The text about what was entered, or None where it may be an account's."""
    if not email or not password or len(email) > _LONGEST_EMAIL or len(password) > _LONGEST_PASSWORD:
        return "auth_missing"
    return None if _EMAIL.fullmatch(email) else "auth_invalid_email"


def _form(error: str | None = None, status: int = 200, *, email: str = "", wait: float | None = None) -> Response:
    """The forms; `wait` is in seconds, for an answer that asks to come again."""
    notice = request.args.get("notice")
    answer = _page(
        "sign_in.html",
        status,
        email=email,
        error=error,
        notice=f"notice_{notice}" if notice in _NOTICES else None,
    )
    if status in {429, 503}:
        answer.headers["Retry-After"] = str(whole_seconds(wait or _WAIT))
    return answer


def _page(template: str, status: int = 200, **values: object) -> Response:
    locale = current_locale()
    response = make_response(
        render_template(template, texts=TEXTS[locale], locale=locale, locales=LOCALES, **values), status
    )
    response.headers["Content-Language"] = locale
    response.vary.update(("Accept-Language", "Cookie"))
    if request.args.get("lang") in LOCALES:
        response.set_cookie(
            COOKIE,
            locale,
            max_age=_YEAR,
            secure=services().settings.cookie_secure,
            httponly=True,
            samesite="Lax",
        )
    return response
