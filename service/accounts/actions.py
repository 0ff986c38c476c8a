"""Accounts and sessions at Supabase Auth: what is asked of it.

Belongs here: calls to Supabase Auth. Does not belong here: what mails of it lead to (`proofs.py`), what its refusals
mean (`service/supabase/auth.py`), cookies, forms, texts. Each call has a client of its own on the shared pool: a client
remembers who signed in, so none is ever shared.
"""

from __future__ import annotations

from uuid import UUID

from supabase_auth.types import User

from service.core.errors import Unauthenticated, UpstreamUnavailable
from service.supabase.auth import AuthRefused, Reason, Tokens, refusals, session_of, tokens_of
from service.supabase.clients import Upstream

OPERATOR = "admin"


def sign_up(upstream: Upstream, email: str, password: str) -> Tokens | None:
    """Make an account; its session, or None where the address must be confirmed first.

    Raises AuthRefused, UpstreamUnavailable.
    """
    with refusals():
        response = upstream.auth_client().sign_up({"email": email, "password": password})
        return tokens_of(response.session) if response.session is not None else None


def sign_in(upstream: Upstream, email: str, password: str) -> Tokens:
    """Start a session. Raises AuthRefused, UpstreamUnavailable."""
    with refusals():
        return session_of(upstream.auth_client().sign_in_with_password({"email": email, "password": password}))


def refresh(upstream: Upstream, refresh_token: str) -> Tokens:
    """Exchange a refresh token, which works once. Raises Unauthenticated, UpstreamUnavailable."""
    try:
        with refusals():
            return session_of(upstream.auth_client().refresh_session(refresh_token))
    except AuthRefused as refused:
        if refused.reason is Reason.TOO_OFTEN:
            raise UpstreamUnavailable("Supabase Auth is limiting requests") from None
        raise Unauthenticated("The session has ended") from None


def sign_out(upstream: Upstream, access_token: str) -> None:
    """End this one session; others of the same member stay. Raises AuthRefused, UpstreamUnavailable."""
    with refusals():
        upstream.auth_client().admin.sign_out(access_token, "local")


def get_user(upstream: Upstream, access_token: str) -> User:
    """The account behind a token, asked at Supabase. Raises Unauthenticated, UpstreamUnavailable."""
    try:
        with refusals():
            response = upstream.auth_client().get_user(access_token)
    except AuthRefused:
        raise Unauthenticated("The account cannot be used") from None
    if response is None:
        raise Unauthenticated("The account cannot be used")
    return response.user


def is_operator(user: User) -> bool:
    """Whether this account, as Supabase Auth just described it, is an operator's."""
    return user.app_metadata.get("role") == OPERATOR


def delete_user(upstream: Upstream, user_id: UUID) -> None:
    """Remove an account, and by foreign keys all that belongs to it. Raises Unauthenticated, UpstreamUnavailable."""
    try:
        with refusals():
            upstream.auth_client(as_service=True).admin.delete_user(str(user_id))
    except AuthRefused:
        # It is gone already, and with it the right to ask.
        raise Unauthenticated("The account cannot be used") from None
