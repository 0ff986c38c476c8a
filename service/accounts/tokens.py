"""Verifying access tokens on this machine, without asking Supabase.

Belongs here: keys, algorithms and claims. Does not belong here: where a token comes from (`who.py`,
`session.py`).

Which algorithms are allowed follows from the kind of key and never from the token: a shared secret verifies
HS256 only, an elliptic key ES256 only, an RSA key RS256 only. So a public key can never be used as an HMAC
secret, and `none` has no key at all.
"""

from __future__ import annotations

import hashlib
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

import jwt
from jwt import PyJWK, PyJWKClient
from jwt.exceptions import PyJWKClientConnectionError, PyJWKClientError

from service.core.errors import TokenExpired, Unauthenticated, UpstreamUnavailable
from service.settings import Settings

AUDIENCE = ROLE = "authenticated"
LEEWAY = 30
_LONGEST_TOKEN = 8192
# Seconds, and tokens.
REMEMBERED = 60.0
_MOST_REMEMBERED = 10_000
_NOT_VALID = "The access token is not valid"


@dataclass(frozen=True, slots=True)
class Member:
    """A person with an account, as a verified token names them. The token is theirs and never shown.

    `is_anonymous` says that the account has no name: a guest's. It may have got one since the token was made.
    """

    id: UUID
    token: str = field(repr=False)
    email: str | None = field(default=None, repr=False)
    is_anonymous: bool = False
    # When the token expires, in seconds since 1970.
    expires_at: int = 0


class KeySource(Protocol):
    """Where verification keys come from."""

    def key_for(self, header: dict[str, Any]) -> tuple[Any, str]:
        """The key for a token with this header and the one algorithm it may be used with.

        Raises Unauthenticated where there is no such key, UpstreamUnavailable where it could not be asked
        for.
        """


class SharedSecret:
    """The HS256 secret of the local stack and of older projects."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def key_for(self, header: dict[str, Any]) -> tuple[Any, str]:
        """The secret, for HS256, whatever the header says."""
        del header
        return self._secret, "HS256"


class PublishedKeys:
    """The public keys of a project, from its JWKS; one client and one cache a process.

    A request that cannot get the keys waits at most about `timeout` seconds. After a failure the next
    attempt is made `pause` seconds later, and everybody until then is refused at once, so that waiting does
    not add up.
    """

    def __init__(self, url: str, *, timeout: float = 3.0, lifespan: float = 600.0, pause: float = 1.0) -> None:
        # Made eagerly, but nothing is asked before the first token: safe before a fork.
        self._client = PyJWKClient(url, timeout=timeout, lifespan=lifespan, cooldown_duration=30)
        self._lock = threading.Lock()
        self._patience = timeout + 0.5
        self._pause = pause
        self._failed_at: float | None = None

    def key_for(self, header: dict[str, Any]) -> tuple[Any, str]:
        """The published key with the token's `kid`."""
        kid = header.get("kid")
        if not isinstance(kid, str) or not kid:
            raise Unauthenticated(_NOT_VALID)
        found = self._ask(kid)
        algorithm = _algorithm_of(found)
        if algorithm is None:
            raise Unauthenticated(_NOT_VALID)
        return found.key, algorithm

    def _ask(self, kid: str) -> PyJWK:
        if not self._lock.acquire(timeout=self._patience):
            raise UpstreamUnavailable("The signing keys could not be read")
        try:
            if self._failed_at is not None and time.monotonic() - self._failed_at < self._pause:
                raise UpstreamUnavailable("The signing keys could not be read")
            return self._client.get_signing_key(kid)
        except PyJWKClientConnectionError:
            self._failed_at = time.monotonic()
            raise UpstreamUnavailable("The signing keys could not be read") from None
        except (jwt.PyJWTError, ValueError) as error:
            if isinstance(error, PyJWKClientError) and self._has_keys():
                raise Unauthenticated(_NOT_VALID) from None
            # An answer that is no key set at all, such as a proxy's error page.
            self._failed_at = time.monotonic()
            raise UpstreamUnavailable("The signing keys could not be read") from None
        finally:
            self._lock.release()

    def _has_keys(self) -> bool:
        cache = self._client.jwk_set_cache
        return cache is not None and cache.get() is not None


class TokenVerifier:
    """Decides whether a string is an access token of this project."""

    def __init__(self, keys: KeySource, *, issuer: str | None = None) -> None:
        self._keys = keys
        self._issuer = issuer
        self._verified = _Remembered()

    @classmethod
    def from_settings(cls, settings: Settings) -> TokenVerifier:
        """HS256 by the secret where there is one, otherwise the project's published keys."""
        secret = settings.supabase_jwt_secret
        keys: KeySource = (
            SharedSecret(secret.get_secret_value())
            if secret is not None
            else PublishedKeys(f"{settings.supabase_url}/auth/v1/.well-known/jwks.json")
        )
        return cls(keys, issuer=settings.jwt_issuer)

    def verify(self, token: str) -> Member:
        """The member whom `token` names. Raises TokenExpired, Unauthenticated, UpstreamUnavailable."""
        if not token or len(token) > _LONGEST_TOKEN or not token.isascii():
            raise Unauthenticated(_NOT_VALID)
        member = self._verified.find(token) or self._verify(token)
        if member.expires_at + LEEWAY <= time.time():
            raise TokenExpired("The access token has expired")
        return member

    def _verify(self, token: str) -> Member:
        try:
            key, algorithm = self._keys.key_for(jwt.get_unverified_header(token))
            claims = self._decode(token, key, algorithm)
        except jwt.ExpiredSignatureError:
            raise TokenExpired("The access token has expired") from None
        # Besides its own errors PyJWT lets a few plain ones through for odd headers and claims.
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError):
            raise Unauthenticated(_NOT_VALID) from None
        member = _member(token, claims)
        return self._verified.keep(member)

    def _decode(self, token: str, key: Any, algorithm: str) -> dict[str, Any]:
        return jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            audience=AUDIENCE,
            issuer=self._issuer,
            leeway=LEEWAY,
            options={"require": ["exp", "sub", "aud"], "verify_iss": self._issuer is not None},
        )


class _Remembered:
    """Tokens that were verified a moment ago, by their digest: no token stays here longer than its request.

    A page asks several times a minute with the same token. A key that was withdrawn is noticed later by at most
    `REMEMBERED` seconds.
    """

    def __init__(self) -> None:
        self._found: dict[bytes, tuple[UUID, str | None, bool, int]] = {}
        self._begun = time.monotonic()

    def find(self, token: str) -> Member | None:
        """Whom a token named."""
        if time.monotonic() - self._begun > REMEMBERED:
            self._forget()
        found = self._found.get(_digest(token))
        return found and Member(found[0], token, found[1], found[2], found[3])

    def keep(self, member: Member) -> Member:
        """Remember it."""
        if len(self._found) >= _MOST_REMEMBERED:
            self._forget()
        self._found[_digest(member.token)] = member.id, member.email, member.is_anonymous, member.expires_at
        return member

    def _forget(self) -> None:
        self._found = {}
        self._begun = time.monotonic()


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _member(token: str, claims: dict[str, Any]) -> Member:
    if claims.get("role") != ROLE:
        raise Unauthenticated(_NOT_VALID)
    subject = claims["sub"]
    try:
        member_id = UUID(subject)
    except (ValueError, AttributeError, TypeError):
        raise Unauthenticated(_NOT_VALID) from None
    # UUID() also takes braces and urn: forms, which the database would read as somebody else's spelling.
    if str(member_id) != subject.lower():
        raise Unauthenticated(_NOT_VALID)
    email = claims.get("email")
    return Member(
        member_id,
        token,
        email if isinstance(email, str) and email else None,
        is_anonymous=claims.get("is_anonymous") is True,
        expires_at=int(claims["exp"]),
    )


def _algorithm_of(key: PyJWK) -> str | None:
    """The one algorithm a published key may verify. Symmetric keys are never published, so they have none."""
    if key.key_type == "EC" and key.algorithm_name == "ES256":
        return "ES256"
    if key.key_type == "RSA" and key.algorithm_name == "RS256":
        return "RS256"
    return None
