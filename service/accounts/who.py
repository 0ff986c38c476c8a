"""Who asks: the member that the `Authorization` header names, or the web app's own cookie.

A browser has one cookie for all of its tabs, and a tab may be older than its session: what somebody wrote there must
not go out as whoever signed in since. So our pages say for whom they ask, and another member's cookie counts as none.

Belongs here: finding the member of a request. Does not belong here: which of the two counts (`http/credential.py`),
verifying a token (`tokens.py`), keeping and refreshing a session (`session.py`), deciding what a member may see (the
database).
"""

from __future__ import annotations

from typing import cast

from flask import g, request

from service.accounts.session import Sessions
from service.accounts.tokens import Member, TokenVerifier
from service.core.errors import TokenExpired, Unauthenticated
from service.http.context import part
from service.http.credential import FOR_WHOM, credential
from service.http.in_flight import MEMBER
from service.http.limits import Limits

__all__ = ["Member", "current_member", "optional_member"]


def current_member() -> Member:
    """The member of this request, found once a request, counted against their rate limit.

    Raises Unauthenticated, TokenExpired, RateLimited, UpstreamUnavailable.
    """
    if "member" not in g:
        member = _find()
        part(Limits).check_member(member.id)
        g.member = member
        request.environ[MEMBER] = member.id
    return cast("Member", g.member)


def optional_member() -> Member | None:
    """The member of this request, or None where nobody is signed in.

    Raises RateLimited, UpstreamUnavailable.
    """
    try:
        return current_member()
    except (Unauthenticated, TokenExpired):
        return None


def _find() -> Member:
    match credential():
        case "header":
            return part(TokenVerifier).verify(_bearer())
        case "cookie":
            return _meant(part(Sessions).member())
        case "none":
            raise Unauthenticated("Sign in, or send an access token")


def _meant(member: Member) -> Member:
    if request.headers.get(FOR_WHOM, str(member.id)) != str(member.id):
        # The session stays: it is somebody's.
        raise Unauthenticated("Somebody else is signed in")
    return member


def _bearer() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("The Authorization header must be: Bearer <access token>")
    return token.strip()
