"""The web app's own session: the member's tokens in an encrypted cookie that no script can read.

Belongs here: the cookie and when it is renewed or removed. Does not belong here: sealing
(`sealing.py`), the single refresh (`refresh.py`), sign-in forms (`pages.py`).

The server keeps no sessions: the cookie is the session. Whoever has it is signed in until the refresh token
is revoked at Supabase, so it is HttpOnly, SameSite=Lax, and on https also Secure with the `__Host-` prefix.
"""

from __future__ import annotations

import time

from cryptography.fernet import MultiFernet
from flask import Flask, Response, g, request

from service.accounts.refresh import Refresher
from service.accounts.sealing import make_cipher, seal, unseal
from service.accounts.tokens import Member, TokenVerifier
from service.core.errors import Internal, TokenExpired, Unauthenticated
from service.http.context import part
from service.settings import Settings
from service.supabase.auth import Tokens

# How long before its end an access token is replaced, in seconds.
REFRESH_BEFORE = 60
MAX_AGE = 30 * 24 * 3600
_LARGEST_COOKIE = 4000


class Sessions:
    """The sessions of one app. Holds no session itself; per-request state is in `flask.g`."""

    def __init__(self, *, cipher: MultiFernet, refresher: Refresher, tokens: TokenVerifier, settings: Settings) -> None:
        self._cipher = cipher
        self._refresher = refresher
        self._tokens = tokens
        self._secure = settings.cookie_secure
        self._cookie = settings.session_cookie

    @classmethod
    def from_settings(cls, settings: Settings, tokens: TokenVerifier, refresher: Refresher) -> Sessions:
        """Sessions that all workers with the same settings can open; `refresher` renews their tokens."""
        return cls(cipher=make_cipher(settings), refresher=refresher, tokens=tokens, settings=settings)

    def member(self) -> Member:
        """The member of this request's cookie; renews the tokens where they are about to expire.

        Raises Unauthenticated, and then the cookie is removed; UpstreamUnavailable, and then it is kept.
        """
        try:
            return self._member()
        except (Unauthenticated, TokenExpired):
            self.end()
            raise Unauthenticated("The session has ended") from None

    def start(self, tokens: Tokens) -> None:
        """Send `tokens` as the session with this request's answer.

        Raises Internal where they are too long.
        """
        sealed = seal(self._cipher, tokens)
        if len(sealed) > _LARGEST_COOKIE:
            raise Internal("The session does not fit into a cookie")
        g.session_to_send = sealed

    def end(self) -> None:
        """Remove the session with this request's answer."""
        g.session_to_send = ""

    def write(self, response: Response) -> Response:
        """Put what this request decided about the session into its answer."""
        if "session_to_send" in g:
            self._set(response, g.session_to_send)
        return response

    def _member(self) -> Member:
        tokens = unseal(self._cipher, request.cookies.get(self._cookie, ""), MAX_AGE)
        if tokens is None:
            raise Unauthenticated
        if tokens.expires_at - time.time() >= REFRESH_BEFORE:
            try:
                return self._tokens.verify(tokens.access)
            except TokenExpired:
                # The clocks disagree; the token's own word counts.
                pass
        renewed = self._refresher.refreshed(tokens.refresh)
        member = self._tokens.verify(renewed.access)
        self.start(renewed)
        return member

    def _set(self, response: Response, value: str) -> None:
        response.set_cookie(
            self._cookie,
            value,
            max_age=MAX_AGE if value else 0,
            secure=self._secure,
            httponly=True,
            samesite="Lax",
            path="/",
        )


def install(app: Flask) -> None:
    """Send started, renewed and ended sessions with every answer of `app`, errors included."""
    app.after_request(_write)


def _write(response: Response) -> Response:
    return part(Sessions).write(response)
