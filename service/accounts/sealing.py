"""How the tokens of a web session are sealed.

Belongs here: their encryption and the keys for it. Does not belong here: cookies and refreshing.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict
from typing import Any

from cryptography.fernet import InvalidToken, MultiFernet

from service.core.sealing import cipher_of
from service.settings import Settings
from service.supabase.auth import Tokens


def to_plain(tokens: Tokens) -> dict[str, object]:
    """The tokens as what JSON can say."""
    return asdict(tokens)


def from_plain(plain: Any) -> Tokens:
    """The reverse of `to_plain`. Raises KeyError, TypeError, ValueError."""
    return Tokens(str(plain["access"]), str(plain["refresh"]), int(plain["expires_at"]))


def make_cipher(settings: Settings) -> MultiFernet:
    """Encrypts with the first SESSION_KEY, decrypts with all; with none set, the secret key gives one."""
    secrets = settings.session_keys or (settings.supabase_secret_key.get_secret_value(),)
    return cipher_of(secrets, b"munui session v1")


def seal(cipher: MultiFernet, tokens: Tokens) -> str:
    """The tokens as ASCII text that only `cipher` opens. Packed first, because a cookie holds 4 KB."""
    return cipher.encrypt(zlib.compress(json.dumps(to_plain(tokens)).encode(), 9)).decode()


def unseal(cipher: MultiFernet, sealed: str, max_age: int) -> Tokens | None:
    """The tokens in `sealed`, or None where it is not ours, was changed, or is over `max_age` seconds old."""
    try:
        plain = zlib.decompress(_decrypt(cipher, sealed, max_age))
        return from_plain(json.loads(plain))
    except (InvalidToken, zlib.error, ValueError, KeyError, TypeError):
        return None


def _decrypt(cipher: MultiFernet, sealed: str, max_age: int) -> bytes:
    return cipher.decrypt(sealed.encode("ascii"), ttl=max_age)
