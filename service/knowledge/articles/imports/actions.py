"""What imports ask of the database: as an operator, and as the worker that does them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from service.core.mapper import Row
from service.inbox.asking import Asking
from service.knowledge.articles.actions import Place
from service.knowledge.articles.imports.entries import Entry
from service.supabase.calls import before_place, call, call_if_found, tell
from service.supabase.clients import Upstream


def start(asking: Asking, kind: str, source: str, settings: Row, entries: Sequence[Entry] | None) -> Row:
    """Ask for an import, of entries that were read or of pages. Raises NotAllowed."""
    kept = None if entries is None else [one.kept for one in entries]
    params = {"p_kind": kind, "p_source": source, "p_settings": settings, "p_entries": kept}
    return _import(asking.ask("inbox_start_import", params, ("import",)))


def read(asking: Asking, import_id: UUID) -> Row:
    """How an import goes, with its items. Raises NotFound."""
    return _import(asking.ask("inbox_import", {"p_id": str(import_id)}, ("import",)))


def cancel(asking: Asking, import_id: UUID) -> Row:
    """Stop an import. Raises NotFound."""
    return _import(asking.ask("inbox_cancel_import", {"p_id": str(import_id)}, ("import",)))


def list_imports(asking: Asking, limit: int, before: Place) -> list[Row]:
    """Imports, newest first; one more than `limit` where there are more."""
    rows: list[Row] = asking.ask("inbox_imports", {"p_limit": limit, **before_place(before)}, ("imports",))["imports"]
    return rows


def begin(upstream: Upstream, import_id: str) -> Row | None:
    """An import that is to be done; None where nobody wants it any more."""
    return call_if_found(upstream.service_client(), "kb_begin_import", {"p_import_id": import_id}, dict)


def begin_shipped(upstream: Upstream, source: str) -> str:
    """Begin the import of what is brought along; its id."""
    return str(call(upstream.service_client(), "kb_start_shipped", {"p_source": source}, ("id",))["id"])


def take_over(
    upstream: Upstream, import_id: str, entries: Sequence[Row], refused: Sequence[Row] = (), total: int | None = None
) -> bool:
    """Take over entries, all or none, and keep what was refused; whether the import is still wanted."""
    params: dict[str, Any] = {
        "p_import_id": import_id,
        "p_entries": list(entries),
        "p_refused": list(refused),
        "p_total": total,
    }
    return bool(call(upstream.service_client(), "kb_import", params, ("is_wanted",))["is_wanted"])


def end(
    upstream: Upstream, import_id: str, roots: Sequence[str], *, is_complete: bool, error: str | None = None
) -> None:
    """Finish an import: what of `roots` was not in it is missing, where all was looked at."""
    params = {
        "p_import_id": import_id, "p_roots": list(roots), "p_is_complete": is_complete, "p_error": error,
    }  # fmt: skip
    tell(upstream.service_client(), "kb_end_import", params)


def _import(answer: Row) -> Row:
    row: Row = answer["import"]
    return row
