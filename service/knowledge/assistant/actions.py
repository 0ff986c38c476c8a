"""What the assistant's calls and tries ask of the database. What an operator may is looked up there."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from service.core.mapper import Row
from service.inbox.asking import Asking
from service.supabase.calls import before_place, call_if_found, tell
from service.supabase.clients import Upstream


def read(asking: Asking) -> Row:
    """The settings that hold."""
    row: Row = asking.ask("inbox_assistant", {}, ("assistant",))["assistant"]
    return row


def save(asking: Asking, values: Row, if_version: int | None) -> Row:
    """Change what `values` names, as a new version; the settings as they are then. Raises SettingsChanged."""
    params = {"p_values": values, "p_if_version": _named(if_version)}
    row: Row = asking.ask("inbox_save_assistant", params, ("assistant",))["assistant"]
    return row


def page_versions(asking: Asking, limit: int, before: int | None) -> Row:
    """`{"versions", "next"}`: versions before one, newest first."""
    return asking.ask("inbox_assistant_versions", {"p_limit": limit, "p_before": before}, ("versions", "next"))


def restore(asking: Asking, version: int, if_version: int | None) -> Row:
    """The settings of a version as a new one. Raises NotFound, SettingsChanged."""
    params = {"p_version": version, "p_if_version": _named(if_version)}
    row: Row = asking.ask("inbox_restore_assistant", params, ("assistant",))["assistant"]
    return row


def page_answers(asking: Asking, limit: int, place: tuple[datetime, UUID] | None, filters: Row) -> Row:
    """`{"answers", "has_more", "totals"}`: questions and what became of them; the totals only with the first page."""
    params = {"p_limit": limit, **before_place(place), "p_filters": filters}
    return asking.ask("inbox_answers", params, ("answers", "has_more", "totals"))


def begin_try(asking: Asking, question: str, locale: str, audience: str, values: Row, *, has_model: bool) -> Row:
    """What is found, and by which settings; `id` where a worker asks the model.

    `{"id", "locale", "settings", "found", "found_milliseconds"}`.
    """
    params = {
        "p_question": question,
        "p_locale": locale,
        "p_audience": audience,
        "p_values": values,
        "p_has_model": has_model,
    }
    return asking.ask("inbox_try_assistant", params, ("id", "locale", "settings", "found", "found_milliseconds"))


def read_try(asking: Asking, try_id: UUID) -> Row:
    """A try that a worker has, or has done. Raises NotFound."""
    row: Row = asking.ask("inbox_assistant_try", {"p_id": str(try_id)}, ("try",))["try"]
    return row


def _named(version: int | None) -> str | None:
    return None if version is None else str(version)


def tried(upstream: Upstream, try_id: UUID) -> Row | None:
    """What a worker is to ask a model; None where nobody waits for it."""
    return call_if_found(upstream.service_client(), "kb_try", {"p_id": str(try_id)}, dict)


def settle_try(upstream: Upstream, try_id: UUID, result: Row) -> None:
    """Keep what came of a try, once."""
    tell(upstream.service_client(), "kb_settle_try", {"p_id": str(try_id), "p_result": result})
