"""The secrets of webhooks: made here, told once, kept encrypted.

Belongs here: making and sealing. Does not belong here: signing (`body.py`).
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass

from cryptography.fernet import InvalidToken, MultiFernet

from service.core.sealing import cipher_of
from service.settings import Settings

_PREFIX = "whsec_"
_BYTES = 32
_PURPOSE = b"munui webhooks v1"


def new_secret() -> str:
    """A secret as Standard Webhooks write it."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


@dataclass(frozen=True, slots=True)
class Safe:
    """Seals with the first of the keys, opens with all."""

    cipher: MultiFernet
    first: MultiFernet

    @classmethod
    def from_settings(cls, settings: Settings) -> Safe:
        """Of WEBHOOK_KEY, and of the secret key, which seals where there is no other and always opens."""
        keys = (*settings.webhook_keys, settings.supabase_secret_key.get_secret_value())
        return cls(cipher_of(keys, _PURPOSE), cipher_of(keys[:1], _PURPOSE))

    def seal(self, secret: str) -> str:
        """`secret` as it is kept."""
        return self.cipher.encrypt(secret.encode()).decode()

    def unseal(self, sealed: str) -> str | None:
        """The reverse of `seal`; None where no key opens it."""
        try:
            return self.cipher.decrypt(sealed.encode()).decode()
        except (InvalidToken, ValueError):
            return None

    def resealed(self, sealed: str) -> str | None:
        """`sealed` under the first key, where it is under another; None where there is nothing to do or no key."""
        try:
            self.first.decrypt(sealed.encode())
        except (InvalidToken, ValueError):
            secret = self.unseal(sealed)
            return None if secret is None else self.seal(secret)
        return None
