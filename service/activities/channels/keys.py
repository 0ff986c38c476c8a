"""Keys of channels: making one, and who asks with one.

Belongs here: the form of a key, its digest, the question to the database that a key stands behind. Does not belong
here: whether a key opens anything. The database looks that up in the same statement that reads or writes, so that a key
that was taken back opens nothing from that moment on.

A key is 256 bits of chance. Only its SHA-256 leaves this module, so nothing that compares it, here or in an index, says
by its time what the key is.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request

from service.core.errors import Unauthenticated
from service.core.mapper import Row
from service.http.context import part
from service.http.limits import Limits
from service.supabase.calls import call
from service.supabase.clients import Upstream

_KEY = re.compile(r"mk_[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who says that they have a channel's key; `digest` is that of what they sent."""

    upstream: Upstream
    digest: str = field(repr=False)

    def ask(self, function: str, params: Mapping[str, Any], names: Sequence[str]) -> Row:
        """What a function answers to this key. Raises Unauthenticated, and as `service.supabase.calls.call` does."""
        return call(self.upstream.service_client(), function, {"p_key": self.digest, **params}, names)

    def check(self) -> None:
        """Raise Unauthenticated where the key opens nothing."""
        self.ask("channel_check", {}, ("id",))


def new_key() -> str:
    """A key that nobody has yet. It is shown once and kept nowhere."""
    return f"mk_{secrets.token_urlsafe(32)}"


def digest_of(key: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def caller() -> Caller:
    """Who asks, counted against the limit of their key. Raises Unauthenticated, RateLimited."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not _KEY.fullmatch(key.strip()):
        raise Unauthenticated("The Authorization header must be: Bearer <key of a channel>")
    digest = digest_of(key.strip())
    part(Limits).check_channel(digest)
    return Caller(part(Upstream), digest)
