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
_TRIED = (
    "id", "status", "question", "locale", "audience", "mode", "found_milliseconds", "prompt", "outcome", "reason",
    "model", "tokens_in", "tokens_out", "cost_micros", "milliseconds",
)  # fmt: skip
_SOURCE = ("articleId", "version", "chunkId", "slug", "title", "locale")
_FOUND = (*_SOURCE, "titlePath", "text", "score", "coverage", "answerable")
_ANSWER = (
    "id", "conversation_id", "contact", "question_message_id", "message_id", "question", "answer", "locale", "mode",
    "outcome", "reason", "sources", "model", "tokens_in", "tokens_out", "cost_micros", "helpful", "created_at",
    "settled_at",
)  # fmt: skip
_TOTALS = (
    "questions", "answered", "clarified", "handed_over", "refused", "unknown", "dropped", "pending", "helpful",
    "not_helpful", "cost_micros",
)  # fmt: skip


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
            "embedding": _configured(settings.ai_embedding_model if settings.ai_embedding_base_url else None),
            "hasPrices": settings.ai_price_in > 0 or settings.ai_price_out > 0,
            "budgets": {
                "memberDay": _micros(settings.ai_budget_member_day),
                "projectMonth": _micros(settings.ai_budget_project_month),
            },
        }
    }


def _micros(most: float | None) -> int | None:
    return None if most is None else round(most * 1_000_000)


def _configured(name: str | None) -> dict[str, Any]:
    return {"isSetUp": name is not None, "name": name}


def tried(row: Row) -> dict[str, Any]:
    """What would be answered."""
    shown = row["shown"]
    return outside(row, _TRIED) | {
        "found": [_named(one, _FOUND) for one in row["found"]],
        "attempts": [
            outside(one, ("raw", "faults", "tokens_in", "tokens_out", "milliseconds")) for one in row["attempts"]
        ],
        "shown": shown and {"text": shown["text"], "sources": [_source(one) for one in shown["sources"]]},
    }


def answer(row: Row) -> dict[str, Any]:
    """A question and what became of it."""
    return outside(row, _ANSWER)


def totals(row: Row) -> dict[str, Any]:
    """How it went in a period."""
    return outside(row, _TOTALS) | {"month": outside(row["month"], ("cost_micros", "budget_micros"))}


def _source(row: Row) -> dict[str, Any]:
    return _named(row, _SOURCE) | {"quote": row.get("quote")}


def _named(row: Row, names: tuple[str, ...]) -> dict[str, Any]:
    """What the finding function tells, which names things as they are named outside."""
    return {name: row[name] for name in names}
