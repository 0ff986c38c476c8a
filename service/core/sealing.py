"""Secrets at rest: encrypted under keys that are derived from settings.

Belongs here: how a key comes from a secret. Does not belong here: which secrets, and what is sealed with them.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def cipher_of(secrets: Iterable[str], purpose: bytes) -> MultiFernet:
    """Encrypts with the first of `secrets`, decrypts with all.

    A secret may be any long text, so a key of the right form is derived from it; `purpose` keeps it apart from whatever
    else the same secret is used for.
    """
    return MultiFernet([_fernet(secret, purpose) for secret in secrets])


def _fernet(secret: str, purpose: bytes) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(key))
