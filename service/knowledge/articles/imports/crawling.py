"""The pages of a site, one after the other: those of a sitemap, or a page and what it links to.

Same host, as its robots.txt allows, within bounds of pages, bytes, time and depth; redirects are followed by hand,
each as a new address. Who is given the pages decides after each whether more are wanted.

Belongs here: which page comes next. Does not belong here: connecting (`fetching.py`), reading a page (`readable.py`).
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import unquote, urljoin

from service.knowledge.articles.imports import sites
from service.knowledge.articles.imports.entries import Defaults, Entry, Unusable, checked
from service.knowledge.articles.imports.fetching import Fetched
from service.knowledge.articles.imports.readable import read_page
from service.knowledge.articles.imports.robots import EVERYTHING, NOTHING, Robots, robots_of
from service.knowledge.articles.imports.robots import MOST_BYTES as ROBOTS_BYTES
from service.knowledge.articles.writing import slug_of

MOST_PAGES = 100
DEEPEST = 3
# In bytes and in seconds, of an import.
MOST_BYTES = 30 * 1024 * 1024
MOST_SECONDS = 240.0
_MOST_REDIRECTS = 5
_MOST_SITEMAPS = 20
# Between two pages: nobody's site shall notice.
_PAUSE = 0.2
_REDIRECTS = (301, 302, 303, 307, 308)
_HTML = ("text/html", "application/xhtml+xml")

Fetch = Callable[..., Fetched]


@dataclass(frozen=True, slots=True)
class Refused:
    """A page that is no article, and why, in a word."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far an import goes."""

    pages: int = MOST_PAGES
    depth: int = 0
    bytes: int = MOST_BYTES
    seconds: float = MOST_SECONDS
    pause: float = _PAUSE


@dataclass(slots=True)
class _Waiting:
    url: str
    depth: int


@dataclass(slots=True)
class Crawl:
    """A walk over a site. `total` is how many pages are known, `is_complete` whether no bound was reached."""

    begin: str
    defaults: Defaults
    bounds: Bounds
    fetch: Fetch
    total: int = 1
    is_complete: bool = True
    _bytes: int = 0
    _until: float = 0.0
    _fetched_at: float = 0.0
    _robots: dict[str, Robots] = field(default_factory=dict)
    _queue: deque[_Waiting] = field(default_factory=deque)
    _known: set[str] = field(default_factory=set)
    _sitemaps: int = 0

    @property
    def root(self) -> str:
        """What pages of the same walk are under."""
        return f"{self.begin}#{self.bounds.depth}"

    def pages(self) -> Iterator[Entry | Refused]:
        """What becomes of each page, in the order in which they are found."""
        self._until = time.monotonic() + self.bounds.seconds
        self._want(self.begin, 0)
        seen = 0
        while self._queue:
            if seen >= self.bounds.pages or self._is_spent():
                self.is_complete = False
                return
            waiting = self._queue.popleft()
            became = self._visit(waiting)
            if became is not None:
                seen += 1
                yield became

    def _is_spent(self) -> bool:
        return time.monotonic() >= self._until or self._bytes >= self.bounds.bytes

    def _want(self, url: str, depth: int) -> None:
        known = sites.normal(url)
        if known is None or known in self._known or not sites.is_same_site(known, self.begin):
            return
        if len(self._known) >= self.bounds.pages * 20:
            self.is_complete = False
            return
        self._known.add(known)
        self._queue.append(_Waiting(known, depth))
        self.total = min(self.bounds.pages, len(self._known))

    def _visit(self, waiting: _Waiting) -> Entry | Refused | None:
        """What a page is; None for a sitemap, and for one that is another's name."""
        fetched = self._follow(waiting.url)
        if isinstance(fetched, Refused) or fetched is None:
            return fetched
        url, answer = fetched
        text = sites.text_of_page(answer.body, answer.headers.get("content-type", ""))
        listed = sites.locations(text)
        if listed is not None:
            return self._read_sitemap(waiting, listed)
        if answer.media_type not in _HTML:
            return Refused(waiting.url, "not_html")
        page = read_page(text, url)
        if page.is_followed and waiting.depth < self.bounds.depth:
            for link in page.links:
                if not sites.is_file(link):
                    self._want(link, waiting.depth + 1)
        if not page.is_index or "noindex" in answer.headers.get("x-robots-tag", "").lower():
            return Refused(waiting.url, "noindex")
        return self._entry(waiting.url, page.title, page.markdown, page.language)

    def _entry(self, url: str, title: str, markdown: str, language: str) -> Entry | Refused:
        words = unquote(sites.slug_words(url))
        try:
            return checked(
                Entry(
                    source=url,
                    root=self.root,
                    title=(title or words or url)[:200],
                    body=markdown,
                    locale=language if language in ("ko", "en") else self.defaults.locale,
                    audience=self.defaults.audience,
                    status=self.defaults.status,
                    slug=slug_of(words) if words else "",
                )
            )
        except Unusable as error:
            return Refused(url, "empty" if "no text" in str(error) or "to be read" in str(error) else "unusable")

    def _read_sitemap(self, waiting: _Waiting, listed: list[str]) -> Refused | None:
        self._sitemaps += 1
        if self._sitemaps > _MOST_SITEMAPS:
            self.is_complete = False
            return None
        before = len(self._known)
        for url in listed:
            # What it lists is as near as it is itself: its pages are no links.
            self._want(url, waiting.depth)
        # A sitemap is no page.
        self.total = max(1, self.total - self._sitemaps)
        return Refused(waiting.url, "empty") if len(self._known) == before and len(self._known) == 1 else None

    def _follow(self, url: str) -> tuple[str, Fetched] | Refused | None:
        """Fetch a page, and where it redirects to; None where that is a page of its own that is known."""
        place = url
        for _ in range(_MOST_REDIRECTS + 1):
            robots = self._robots_of(place)
            if robots.error or not robots.allows(place):
                return Refused(url, robots.error or "robots")
            answer = self._get(place)
            target = _target(place, answer)
            if target is None:
                reason = _refusal(answer)
                return Refused(url, reason) if reason else (place, answer)
            if not sites.is_same_site(target, self.begin):
                return Refused(url, "other_host")
            if target != url and target in self._known:
                return None
            place = target
        return Refused(url, "redirects")

    def _robots_of(self, url: str) -> Robots:
        where = sites.robots_url(url)
        if where not in self._robots:
            self._robots[where] = self._read_robots(where)
        return self._robots[where]

    def _read_robots(self, where: str) -> Robots:
        answer = self._get(where, ROBOTS_BYTES)
        for _ in range(_MOST_REDIRECTS):
            target = _target(where, answer)
            if target is None:
                break
            if not sites.is_same_site(target, self.begin):
                return NOTHING
            where, answer = target, self._get(target, ROBOTS_BYTES)
        if answer.error is None and answer.code == 200:
            return robots_of(answer.body.decode("utf-8", "replace"))
        # None there: everything is allowed. One that cannot be read: nothing is, as the standard says.
        if answer.error is None and answer.code is not None and 400 <= answer.code < 500:
            return EVERYTHING
        return replace(NOTHING, error=answer.error)

    def _get(self, url: str, most_bytes: int | None = None) -> Fetched:
        robots = self._robots.get(sites.robots_url(url))
        pause = max(self.bounds.pause, robots.delay if robots else 0.0)
        now = time.monotonic()
        if self._fetched_at and now < self._fetched_at + pause:
            time.sleep(max(0.0, min(self._fetched_at + pause, self._until) - now))
        left = max(0.1, self._until - time.monotonic())
        limits = {} if most_bytes is None else {"most_bytes": most_bytes}
        answer = self.fetch(url, seconds=min(10.0, left), **limits)
        self._fetched_at = time.monotonic()
        self._bytes += len(answer.body)
        return answer


def _target(place: str, answer: Fetched) -> str | None:
    """Where an answer sends to; None where it does not."""
    location = answer.headers.get("location", "")
    if answer.error or answer.code not in _REDIRECTS or not location:
        return None
    return sites.normal(urljoin(place, location))


def _refusal(answer: Fetched) -> str | None:
    """Why an answer is no page, in a word; None where it is one."""
    if answer.error or answer.code == 200:
        return answer.error
    return {404: "not_found", 410: "not_found"}.get(
        answer.code or 0, "redirects" if answer.code in _REDIRECTS else "status"
    )
