"""The keys of a local project: made on first use, kept with mode 600, never printed."""

import json
import secrets
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from scripts.local.files import write_private


@dataclass(frozen=True)
class Keys:
    """What a hosted project shows under "API keys", and what its owner chooses."""

    publishable_key: str
    secret_key: str
    jwt_secret: str
    postgres_password: str
    gateway_password: str
    session_key: str
    demo_password: str


def _make() -> Keys:
    return Keys(
        publishable_key=f"sb_publishable_{secrets.token_urlsafe(24)}",
        secret_key=f"sb_secret_{secrets.token_urlsafe(24)}",
        jwt_secret=secrets.token_hex(32),
        postgres_password=secrets.token_hex(16),
        gateway_password=secrets.token_hex(16),
        session_key=secrets.token_urlsafe(32),
        demo_password=f"demo-{secrets.token_hex(4)}",
    )


def load_or_make(path: Path) -> Keys:
    """Return the keys kept in `path`; what is missing there is made and written."""
    fresh = asdict(_make())
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        kept = {}
    names = {field.name for field in fields(Keys)}
    keys = Keys(**{**fresh, **{k: str(v) for k, v in kept.items() if k in names}})
    if asdict(keys) != kept:
        write_private(path, json.dumps(asdict(keys), indent=1) + "\n")
    return keys
