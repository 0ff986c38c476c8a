"""Tests against a stack that somebody else started, such as `npx supabase start`: MUNUI_TEST_REMOTE=1, loopback only.

Its data stay: tests make accounts of their own and roll back what they do as superuser. What stops or restarts a
part of the stack cannot run here, and says so.
"""

import os
from dataclasses import dataclass, field
from typing import Any, Never
from urllib.parse import urlsplit

import pytest

NAMES = ("URL", "PUBLISHABLE_KEY", "SECRET_KEY", "JWT_SECRET", "DB_URL")
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class RemoteStack:
    """The part of LocalStack that a running stack can offer."""

    supabase_url: str
    publishable_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    jwt_secret: str = field(repr=False)
    db_url: str = field(repr=False)

    def __getattr__(self, name: str) -> Any:
        if name.startswith(("start", "stop", "restart", "apply", "mail_log", "env")):
            return _cannot
        raise AttributeError(name)


def _cannot(*_: object, **__: object) -> Never:
    pytest.skip("needs a stack of its own, not a running one")


def remote_stack() -> RemoteStack | None:
    """The stack that the environment names, if tests are meant to use it."""
    if os.environ.get("MUNUI_TEST_REMOTE") != "1":
        return None
    missing = [f"SUPABASE_{name}" for name in NAMES if not os.environ.get(f"SUPABASE_{name}")]
    if missing:
        raise pytest.UsageError(f"MUNUI_TEST_REMOTE=1 needs {', '.join(missing)}")
    values = [os.environ[f"SUPABASE_{name}"] for name in NAMES]
    for url in (values[0], values[-1]):
        if urlsplit(url).hostname not in _LOOPBACK:
            raise pytest.UsageError("MUNUI_TEST_REMOTE=1 is for a stack on this machine only")
    return RemoteStack(*values)
