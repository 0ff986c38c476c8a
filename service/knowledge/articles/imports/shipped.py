"""The articles that are brought along, about the demo shop: taken over as any other files, and as often as wanted.

An article that was edited or deleted here stays so. For the local stack alone: no other database is told of a shop that
is not its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from service.knowledge.articles.imports import actions
from service.knowledge.articles.imports.entries import Defaults, Entry
from service.knowledge.articles.imports.files import markdown_entry, text_of
from service.knowledge.articles.imports.work import take_over
from service.supabase.clients import Upstream

FOLDER = Path(__file__).parents[2] / "shipped"
_ROOT = "shipped"


def shipped_entries(folder: Path = FOLDER) -> Iterator[Entry]:
    """The articles, by the names of their files."""
    for file in sorted(folder.glob("*/*.md")):
        name = file.relative_to(folder).as_posix()
        yield markdown_entry(name, text_of(file.read_bytes()), Defaults(file.parent.name, status="published"), _ROOT)


def take_over_shipped(upstream: Upstream) -> None:
    """Take them over. Raises UpstreamUnavailable, Internal."""
    import_id = actions.begin_shipped(upstream, _ROOT)
    if take_over(upstream, import_id, list(shipped_entries())):
        actions.end(upstream, import_id, [_ROOT], is_complete=True)
