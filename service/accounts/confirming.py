"""What the mails of Supabase Auth are for: confirming an address, getting a new password.

Belongs here: asking for such a mail, and what its link or code leads to. Does not belong here: calls to Supabase
Auth (`proofs.py`), signing in with a password (`pages.py`). The mails themselves are Supabase's to send.

Asking for a mail answers alike whether one is sent or not, so that nothing here tells who has an account.

Mails lead to `/auth/confirm?token_hash=…&type=…`, as Supabase's templates for servers have it, or to
`/auth/v1/verify?token=…&type=…`, as the local auth server writes it; where else a link wants to lead is not looked
at. Opening the link uses nothing up, because mail scanners open links, too: its page sends the proof on by a button.
"""

from __future__ import annotations

import re

import structlog
from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from service.accounts import actions, awaited_mail, proofs
from service.accounts.form_page import Refused, answer, read_email, read_new_password, show
from service.accounts.proofs import Proof, Proven, Purpose
from service.accounts.session import Sessions
from service.accounts.tokens import TokenVerifier
from service.core.errors import UpstreamUnavailable
from service.http.context import part
from service.http.limits import Limits
from service.site.frame import see_other
from service.supabase.auth import AuthRefused, Reason, Tokens
from service.supabase.clients import Upstream

bp = Blueprint("confirming", __name__)
log = structlog.get_logger(__name__)

_LONGEST_TOKEN = 512
_CODE = re.compile(r"[0-9]{6,10}")
_PURPOSES: dict[str, Purpose] = {"signup": "signup", "email": "signup", "recovery": "recovery"}
_PAGES = {"signup": "confirm.html", "recovery": "new_password.html"}


@bp.get("/forgot-password")
def forgot_form() -> Response:
    """The form that asks for a mail with a link to a new password."""
    return show("forgot.html")


@bp.post("/forgot-password")
def forgot() -> BaseResponse:
    """Have the mail sent if there is such an account, and say the same if there is none."""
    return answer("forgot.html", lambda: _send("recovery"))


@bp.get("/check-mail")
def check_mail() -> Response:
    """Where to look, and a place for the code in the mail."""
    return show("check_mail.html", purpose=_purpose(), is_again=request.args.get("again") == "1")


@bp.post("/check-mail")
def send_again() -> BaseResponse:
    """Have the mail sent once more."""
    purpose = _purpose()
    return answer("check_mail.html", lambda: _send(purpose, again="1"), {"purpose": purpose})


@bp.get("/auth/confirm")
@bp.get("/auth/v1/verify")
def follow_link() -> Response:
    """What a mail's link opens. Nothing is used up yet."""
    token = request.args.get("token_hash") or request.args.get("token") or ""
    if not token or len(token) > _LONGEST_TOKEN:
        return show("check_mail.html", 422, purpose=_purpose(), error="auth_link", field="code")
    return show(_PAGES[_purpose()], token=token)


@bp.post("/auth/confirm")
def confirm() -> BaseResponse:
    """Take a link or a code: an address is confirmed, or a new password may be set."""
    purpose = _purpose()
    return answer("check_mail.html", lambda: _confirm(purpose), {"purpose": purpose})


@bp.post("/reset-password")
def reset_password() -> BaseResponse:
    """Set a new password, proven by a link or by what the page before made of it."""
    values: dict[str, object] = {"token": _token(), "sealed": request.form.get("sealed", "")}
    return answer("new_password.html", lambda: _reset(values), values, other="auth_password_refused")


def look_into_mail(email: str, purpose: Purpose, **more: str) -> BaseResponse:
    """The page that says where to look, for a mail that may have been sent to `email`."""
    response = see_other("confirming.check_mail", type=purpose, **more)
    awaited_mail.wait_for(response, email)
    return response


def _send(purpose: Purpose, **more: str) -> BaseResponse:
    email = read_email()
    send = proofs.send_recovery if purpose == "recovery" else proofs.send_confirmation
    send(part(Upstream), email)
    return look_into_mail(email, purpose, **more)


def _confirm(purpose: Purpose) -> BaseResponse:
    proven = _prove(purpose)
    if purpose == "recovery":
        return show("new_password.html", sealed=awaited_mail.seal_proven(proven.tokens))
    return _arrive(proven.email, proven.tokens, "confirmed")


def _reset(values: dict[str, object]) -> BaseResponse:
    password = read_new_password()
    tokens = awaited_mail.unseal_proven(str(values["sealed"]))
    if tokens is None:
        tokens = _prove("recovery").tokens
    # The link works once. Should the password be refused, this lets the person choose another.
    values.update(token="", sealed=awaited_mail.seal_proven(tokens))
    kept = proofs.set_password(part(Upstream), tokens, password)
    values["sealed"] = awaited_mail.seal_proven(kept)
    return _arrive(part(TokenVerifier).verify(kept.access).email or "", kept, "password")


def _purpose() -> Purpose:
    return _PURPOSES.get(request.values.get("type", ""), "signup")


def _token() -> str:
    token = request.form.get("token", "")
    return token if len(token) <= _LONGEST_TOKEN else ""


def _prove(purpose: Purpose) -> Proven:
    """The account that the form's link or code belongs to. Raises Refused, RateLimited, UpstreamUnavailable."""
    token = _token()
    if token:
        return _proven(Proof(purpose, token_hash=token), "auth_link")
    email, code = read_email(), re.sub(r"\s", "", request.form.get("code", ""))
    if not _CODE.fullmatch(code):
        raise Refused("auth_code", "code")
    part(Limits).check_sign_in(email)
    try:
        return _proven(Proof(purpose, email=email, code=code), "auth_code")
    except Refused:
        part(Limits).sign_in_failed(email)
        raise


def _proven(proof: Proof, error: str) -> Proven:
    try:
        return proofs.prove(part(Upstream), proof)
    except AuthRefused as refused:
        if refused.reason is Reason.TOO_OFTEN:
            raise
        raise Refused(error, "code") from None


def _arrive(email: str, tokens: Tokens, notice: str) -> BaseResponse:
    """Sign in who asked for the mail in this browser; everybody else does so with their password."""
    if awaited_mail.is_awaited(email):
        part(Sessions).start(tokens)
        response = see_other("site.index", notice=notice)
    else:
        _end_quietly(tokens)
        response = see_other("accounts.sign_in_form", notice=notice)
    awaited_mail.forget(response)
    return response


def _end_quietly(tokens: Tokens) -> None:
    try:
        actions.sign_out(part(Upstream), tokens.access)
    except (AuthRefused, UpstreamUnavailable) as error:
        log.warning("sign_out_not_told", error=type(error).__name__)
