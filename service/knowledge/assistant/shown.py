"""The assistant's settings as they look outside."""

from __future__ import annotations

from typing import Any

from service.core.mapper import Row, outside
from service.settings import Settings

_PLAIN = (
    "version",
    "mode",
    "tone",
    "policy",
    "rules",
    "forbidden_topics",
    "greeting",
    "handover",
    "allowed_links",
    "by",
)


def version(row: Row) -> dict[str, Any]:
    """A version of the settings."""
    return outside(row, (*_PLAIN, "created_at")) | {
        "budgets": outside(row["budgets"], ("member_day", "project_month")),
    }


def assistant(row: Row, settings: Settings) -> dict[str, Any]:
    """The settings that hold, and what there is to work with."""
    return version(row) | {
        "environment": {
            "model": _configured(settings.ai_model if settings.has_model else None),
            "embedding": _configured(settings.ai_embedding_model if settings.has_embedding else None),
        }
    }


def _configured(name: str | None) -> dict[str, Any]:
    return {"isSetUp": name is not None, "name": name}
