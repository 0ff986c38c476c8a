"""The worker's half of imports: what was read of files is taken over, and pages are fetched.

Done again from the beginning where a worker was lost: what is taken over already is found unchanged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from service.core.mapper import Row
from service.jobs.work import Handler, Job, Work
from service.knowledge.articles.imports import actions
from service.knowledge.articles.imports.crawling import MOST_SECONDS, Bounds, Crawl, Refused
from service.knowledge.articles.imports.entries import Defaults, Entry
from service.knowledge.articles.imports.fetching import fetch
from service.outside.addresses import is_public
from service.settings import Settings
from service.supabase.clients import Upstream

# More than an import of pages may take, with what it asks of the database.
_LEASE_SECONDS = int(MOST_SECONDS) + 180
# What one call takes over: few enough that it takes a second also on a slow machine, and others write in between.
_AT_ONCE, _CHARACTERS_AT_ONCE = 10, 20_000


def work_of(upstream: Upstream, settings: Settings) -> Work:
    """Imports, one at a time."""
    do = Handler(partial(_import, upstream, settings), 1, _LEASE_SECONDS)
    return Work({"import_articles": do}, {})


def take_over(upstream: Upstream, import_id: str, entries: Iterable[Entry]) -> bool:
    """Take over entries in parts; whether it was wanted to the end."""
    return all(actions.take_over(upstream, import_id, [one.row for one in part]) for part in _parts(entries))


def _import(upstream: Upstream, settings: Settings, job: Job) -> None:
    row = actions.begin(upstream, job.payload["import_id"])
    # It was cancelled, or another worker has finished it.
    if row is None:
        return
    if row["kind"] == "web":
        _fetch_pages(upstream, row, allows_private=settings.import_allow_private)
        return
    entries = [Entry.from_row(one) for one in row["entries"] or ()]
    if take_over(upstream, row["id"], entries):
        roots = sorted({one.root for one in entries if one.root is not None})
        actions.end(upstream, row["id"], roots, is_complete=True)


def _fetch_pages(upstream: Upstream, row: Row, *, allows_private: bool) -> None:
    wanted = row["settings"]
    crawl = Crawl(
        begin=wanted["url"],
        defaults=Defaults.from_row(wanted),
        bounds=Bounds(pages=wanted["max_pages"], depth=wanted["depth"]),
        fetch=partial(fetch, may_connect=None if allows_private else is_public),
    )
    taken, error = 0, None
    for became in crawl.pages():
        if isinstance(became, Refused):
            refused: Sequence[Row] = [{"source": became.source, "reason": became.reason}]
            error = error or became.reason
            is_wanted = actions.take_over(upstream, row["id"], (), refused, crawl.total)
        else:
            taken += 1
            is_wanted = actions.take_over(upstream, row["id"], [became.row], (), crawl.total)
        if not is_wanted:
            return
    # Where nothing at all could be read, that is what there is to say, and nothing is missing.
    failed = error if not taken else None
    actions.end(upstream, row["id"], [crawl.root], is_complete=crawl.is_complete, error=failed)


def _parts(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    part: list[Entry] = []
    size = 0
    for entry in entries:
        if part and (len(part) >= _AT_ONCE or size + len(entry.body) > _CHARACTERS_AT_ONCE):
            yield part
            part, size = [], 0
        part.append(entry)
        size += len(entry.body)
    if part:
        yield part
