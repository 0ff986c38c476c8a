"""The API for guests who want a person: an account without a name, its session, and the way from there into one's own.

Belongs here: a session's beginning, its renewal, and its claim. Does not belong here: what is done with it, which is
what every member does (`service/conversations`), the chat of a browser (`api.py`).

Tokens go to the browser that asked and nowhere else: no cookie holds them, and no log.
"""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from flask import Blueprint, Response, jsonify

from service.accounts import actions as accounts
from service.accounts.refresh import Refresher
from service.accounts.tokens import Member, TokenVerifier
from service.accounts.who import current_member
from service.core.errors import FieldError, Invalid, NotAllowed, RateLimited, TokenExpired, Unauthenticated
from service.guests import store
from service.guests.models import GuestClaimBody, GuestRefreshBody
from service.http.context import part
from service.http.in_flight import InFlight
from service.http.json_body import json_body, json_object, validated
from service.http.limits import Limits
from service.settings import Settings
from service.supabase.auth import AuthRefused, Reason, Tokens
from service.supabase.clients import Upstream

log = structlog.get_logger(__name__)

bp = Blueprint("guest_sessions", __name__, url_prefix="/api/v1/guest-sessions")

_OFF = "Guests get no session here"
# Seconds. Supabase Auth takes one more anonymous sign-in of an address each two minutes, unless it is set otherwise.
_UPSTREAM_PAUSE = 120.0


@bp.post("")
def begin() -> tuple[Response, int]:
    """A session for a guest who wants a person. Nobody need be signed in."""
    if not part(Settings).guest_sessions:
        raise NotAllowed(_OFF)
    part(Limits).check_guest()
    return _shown(_begun(part(Upstream))), 201


@bp.post("/refresh")
def refresh() -> Response:
    """The next tokens of a guest's session, the same ones for all tabs of a browser."""
    return _shown(part(Refresher).refreshed(json_body(GuestRefreshBody).refresh_token))


@bp.post("/claim")
def claim_session() -> Response:
    """What a guest has said becomes the member's who asks, and the guest's session ends."""
    member = current_member()
    raw = json_object()
    if member.is_anonymous:
        raise NotAllowed("Sign in with an account of your own first")
    guest = _guest(validated(GuestClaimBody, raw).guest_access_token)
    with part(InFlight).imports.one(member.id):
        return jsonify(moved=store.claim(part(Upstream), guest.id, member.id))


def _begun(upstream: Upstream) -> Tokens:
    try:
        return accounts.sign_in_anonymously(upstream)
    except AuthRefused as refused:
        if refused.reason is Reason.TOO_OFTEN:
            raise RateLimited("Supabase Auth takes no more guests for now", retry_after=_UPSTREAM_PAUSE) from None
        # Such as anonymous sign-ins that are off, or a captcha that is on: whoever runs this wants to know.
        log.warning("guest_session_refused", reason=refused.reason.value)
        raise NotAllowed(_OFF) from None


def _guest(token: str) -> Member:
    """Whom a guest's access token names. Raises Invalid, UpstreamUnavailable."""
    try:
        guest = part(TokenVerifier).verify(token)
    except TokenExpired:
        fault = "has expired: renew it first"
    except Unauthenticated:
        fault = "is not an access token of this project"
    else:
        if guest.is_anonymous:
            return guest
        fault = "is not a guest's"
    raise Invalid(errors=[FieldError("guestAccessToken", fault)])


def _shown(tokens: Tokens) -> Response:
    ends_at = datetime.fromtimestamp(tokens.expires_at, UTC).isoformat().replace("+00:00", "Z")
    return jsonify(accessToken=tokens.access, refreshToken=tokens.refresh, expiresAt=ends_at)
