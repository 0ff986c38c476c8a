"""Accounts and sessions at Supabase Auth: what is asked of it.

Belongs here: calls to Supabase Auth, and the one that forgets somebody. Does not belong here: what mails lead to
(`proofs.py`), what refusals mean (`service/supabase/auth.py`), cookies, forms, texts. Each call has a client of its own
on the shared pool: a client remembers who signed in, so none is ever shared.
"""

from __future__ import annotations

from uuid import UUID

from postgrest import SyncPostgrestClient
from supabase_auth.errors import AuthApiError
from supabase_auth.types import AuthResponse, SignUpWithEmailAndPasswordCredentials, User

from service.core.errors import NotAnOperator, Unauthenticated, UpstreamUnavailable
from service.core.mapper import Row
from service.supabase.accounts import accounts_with
from service.supabase.auth import AuthRefused, Reason, Tokens, refusals, session_of, tokens_of
from service.supabase.calls import ATTEMPTS, call
from service.supabase.clients import Upstream

_ACCOUNTS_A_PAGE = 50
_MOST_PAGES = 20


def sign_up(upstream: Upstream, email: str, password: str) -> Tokens | None:
    """Make an account; its session, or None where the address must be confirmed first.

    Raises AuthRefused, UpstreamUnavailable.
    """
    with refusals():
        response = _sign_up(upstream, {"email": email, "password": password})
        return tokens_of(response.session) if response.session is not None else None


def _sign_up(upstream: Upstream, credentials: SignUpWithEmailAndPasswordCredentials) -> AuthResponse:
    try:
        return upstream.visitor_client().sign_up(credentials)
    except AuthApiError as error:
        if error.status != 500:
            raise
        # Of several sign-ups of one address at the same moment, Supabase Auth makes one account and answers 500 to the
        # others, which then are what any repeated sign-up is.
        return upstream.visitor_client().sign_up(credentials)


def sign_in(upstream: Upstream, email: str, password: str) -> Tokens:
    """Start a session. Raises AuthRefused, UpstreamUnavailable."""
    with refusals():
        return session_of(upstream.visitor_client().sign_in_with_password({"email": email, "password": password}))


def sign_in_anonymously(upstream: Upstream) -> Tokens:
    """Make an account without a name, and start its session. Raises AuthRefused, UpstreamUnavailable."""
    with refusals():
        return session_of(upstream.visitor_client().sign_in_anonymously())


def refresh(upstream: Upstream, refresh_token: str) -> Tokens:
    """Exchange a refresh token, which works once. Raises Unauthenticated, UpstreamUnavailable."""
    try:
        with refusals():
            return session_of(upstream.visitor_client().refresh_session(refresh_token))
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


def find_user(upstream: Upstream, user_id: UUID) -> User | None:
    """The account of this id as it is now; None where there is none. Raises UpstreamUnavailable."""
    try:
        with refusals():
            return upstream.auth_client(as_service=True).admin.get_user_by_id(str(user_id)).user
    except AuthRefused as refused:
        if refused.reason is Reason.CREDENTIALS:
            return None
        raise UpstreamUnavailable("Supabase Auth does not tell of accounts") from None


def find_account(upstream: Upstream, email: str) -> UUID | None:
    """The account of this address; None where there is none. Raises UpstreamUnavailable.

    Supabase Auth finds addresses that hold a text, in pages; which of them is meant is told by comparing.
    """
    wanted = email.strip().lower()
    for page in range(1, _MOST_PAGES + 1):
        found = accounts_with(upstream, wanted, page, _ACCOUNTS_A_PAGE)
        for one in found:
            if (one.email or "").lower() == wanted:
                return UUID(one.id)
        if len(found) < _ACCOUNTS_A_PAGE:
            break
    return None


def is_operator(service: SyncPostgrestClient, user_id: UUID) -> bool:
    """Whether this account is an operator's, as the database knows now. Raises UpstreamUnavailable."""
    try:
        call(service, "inbox_me", {"p_user_id": str(user_id)}, ("operator",))
    except NotAnOperator:
        return False
    return True


def delete_user(upstream: Upstream, user_id: UUID) -> None:
    """Remove an account, and by foreign keys all that belongs to it. Raises Unauthenticated, UpstreamUnavailable.

    Who writes at this moment may bring it into a deadlock, of which Supabase Auth tells nothing but a 500.
    """
    try:
        with refusals():
            _delete_user(upstream, str(user_id))
    except AuthRefused:
        # It is gone already, and with it the right to ask.
        raise Unauthenticated("The account cannot be used") from None


def forget(service: SyncPostgrestClient, user_id: UUID) -> Row:
    """Remove a bounded part of what a member has written; `{"has_more"}`. May be repeated."""
    return call(service, "chat_forget", {"p_user_id": str(user_id)}, ("has_more",))


def _delete_user(upstream: Upstream, user_id: str) -> None:
    for attempt in range(ATTEMPTS):
        try:
            upstream.auth_client(as_service=True).admin.delete_user(user_id)
        except AuthApiError as error:
            if error.status == 404 and attempt:
                # It was done, though the answer said otherwise.
                return
            if error.status != 500 or attempt == ATTEMPTS - 1:
                raise
        else:
            return
