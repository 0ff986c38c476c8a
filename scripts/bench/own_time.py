"""The service's own time in a turn: what is left of it without waiting for Supabase, and where it goes.

Belongs here: the app in this process, with a clock around its upstream requests. Does not belong here: gunicorn's and
the network's share, which only the turn through HTTP shows.
"""

from __future__ import annotations

import contextlib
import cProfile
import io
import json
import pstats
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import structlog

from scripts.bench.members import Conversation, Member, compact
from scripts.bench.servers import app_settings
from scripts.local import LocalStack
from service.app import create_app
from service.http.context import part_of
from service.settings import Settings
from service.supabase.clients import Upstream
from service.supabase.connections import Connections

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


@dataclass(frozen=True, slots=True)
class InProcess:
    """The app, called without a server."""

    client: WsgiClient
    upstream: Upstream


class WsgiClient:
    """Calls a WSGI app with as little of a client as possible: its own work counts as the app's."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def request(self, method: str, url: str, *, json: Any = None, headers: Mapping[str, str]) -> WsgiAnswer:
        """One request."""
        body = b"" if json is None else compact(json)
        path, _, query = url.partition("?")
        told: list[str] = []
        environ = {
            "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1:8000", "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)), "wsgi.version": (1, 0), "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr, "wsgi.multithread": True,
            "wsgi.multiprocess": True, "wsgi.run_once": False,
            **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
        }  # fmt: skip

        def start_response(status: str, _headers: object, _error: object = None) -> Callable[[bytes], object]:
            told.append(status)
            return lambda _data: None

        parts = self._app(environ, start_response)
        try:
            return WsgiAnswer(told[0], b"".join(parts))
        finally:
            getattr(parts, "close", lambda: None)()


@dataclass(frozen=True, slots=True)
class WsgiAnswer:
    """What an app answered."""

    status: str
    body: bytes

    def raise_for_status(self) -> object:
        """Anything but success raises."""
        if not self.status.startswith("2"):
            raise RuntimeError(f"The app answered {self.status}")
        return self

    def json(self) -> Any:
        """The body."""
        return json.loads(self.body)


Perform = Callable[[httpx.Request, bytes | None, float], httpx.Response]


@contextlib.contextmanager
def through(connections: Connections, wrapped: Callable[[Perform], Perform]) -> Iterator[None]:
    """Send what goes upstream through another function for a while; it is handed the real one.

    A method is replaced, which the type checker is told: a place for it in the service would be there for us alone.
    """
    perform = connections._perform
    connections._perform = wrapped(perform)  # type: ignore[assignment,method-assign]
    try:
        yield
    finally:
        connections._perform = perform  # type: ignore[method-assign]


class _Clock:
    """Counts the seconds that requests to Supabase take, by the wall."""

    wall = 0.0

    def around(self, perform: Perform) -> Perform:
        """The same, timed."""

        def timed(request: httpx.Request, content: bytes | None, seconds: float) -> httpx.Response:
            started = time.perf_counter()
            try:
                return perform(request, content, seconds)
            finally:
                self.wall += time.perf_counter() - started

        return timed


class _Echo:
    """Answers at once what Supabase answered before."""

    def __init__(self) -> None:
        self._kept: dict[str, httpx.Response] = {}

    def around(self, perform: Perform) -> Perform:
        """The same, but each function of the database is asked once only."""

        def answered(request: httpx.Request, content: bytes | None, seconds: float) -> httpx.Response:
            path = request.url.raw_path.decode()
            kept = self._kept.get(path) or self._kept.setdefault(path, perform(request, content, seconds))
            return httpx.Response(kept.status_code, headers=kept.headers, content=kept.content, request=request)

        return answered


@contextlib.contextmanager
def in_process(stack: LocalStack) -> Iterator[InProcess]:
    """The app of `stack` in this process. It writes no log lines here, but makes them."""
    names = {name.lower(): value for name, value in app_settings(stack).items() if name != "JWT_ISSUER"}
    app = create_app(Settings(_env_file=None, **names))  # type: ignore[arg-type]
    upstream = part_of(app, Upstream)
    with Path("/dev/null").open("w", encoding="utf-8") as nowhere, contextlib.redirect_stderr(nowhere):
        try:
            yield InProcess(WsgiClient(app), upstream)
        finally:
            upstream.close()
            structlog.reset_defaults()


def measure(stack: LocalStack, member: Member, *, turns: int, warm_up: int) -> dict[str, Any]:
    """The service's share of a turn by the wall and by CPU, its top five costs, and the price of a client."""
    with in_process(stack) as app:
        conversation = Conversation(app.client, member)
        for _ in range(warm_up):
            conversation.click()
        clock = _Clock()
        with through(app.upstream.http, clock.around):
            own, cpu = _times(conversation.click, clock, turns)
        top = _top(conversation.click, turns, cpu)
        # The last thing in this conversation: it answers one question for good.
        return {
            "own_wall_ms": round(own, 3),
            "own_cpu_ms": round(cpu, 3),
            "warm_cpu_ms": round(_warm(app, conversation, turns), 3),
            "top": top,
            "member_client_ms": round(_client_cost(app.upstream, member), 4),
        }


def _times(work: Callable[[], object], clock: _Clock, count: int) -> tuple[float, float]:
    """Medians in milliseconds: by the wall without waiting for Supabase, and this thread's CPU."""
    walls, cpus = [], []
    for _ in range(count):
        clock.wall, wall, cpu = 0.0, time.perf_counter(), time.thread_time()
        work()
        walls.append((time.perf_counter() - wall - clock.wall) * 1000)
        cpus.append((time.thread_time() - cpu) * 1000)
    return statistics.median(walls), statistics.median(cpus)


def _warm(app: InProcess, conversation: Conversation, count: int) -> float:
    """The CPU of a turn right after another, where Supabase answers at once: nobody else used the core meanwhile."""
    with through(app.upstream.http, _Echo().around):
        return _times(conversation.repeatable_click(), _Clock(), count)[1]


def _client_cost(upstream: Upstream, member: Member, count: int = 2000) -> float:
    upstream.member_client(member.token)
    started = time.perf_counter()
    for _ in range(count):
        upstream.member_client(member.token)
    return (time.perf_counter() - started) * 1000 / count


_GROUPS = {
    "httpx": "HTTP client", "pycurl": "HTTP client", "postgrest": "Supabase client",
    "yarl": "Supabase client", "supabase": "Supabase client", "flask": "Flask", "werkzeug": "Flask",
    "jinja2": "Flask", "pydantic": "reading the body", "jwt": "token", "cryptography": "token",
    "structlog": "log line", "logging": "log line", "json": "JSON", "prometheus_client": "metrics",
}  # fmt: skip


def _top(work: Callable[[], object], turns: int, cpu: float) -> list[dict[str, Any]]:
    """The five largest costs, as shares of the CPU time of a turn."""
    shares = _shares(_profile(work, turns))
    return [
        {"what": name, "share": round(share, 3), "cpu_ms": round(share * cpu, 3)}
        for name, share in shares.most_common(5)
    ]


def _profile(work: Callable[[], object], count: int) -> pstats.Stats:
    profile = cProfile.Profile(time.thread_time)
    profile.enable()
    for _ in range(count):
        work()
    profile.disable()
    return pstats.Stats(profile)


def _shares(stats: pstats.Stats) -> Counter[str]:
    costs: Counter[str] = Counter()
    table: dict[Any, Any] = stats.stats  # type: ignore[attr-defined]
    for (file, _, _), (_, _, own, _, callers) in table.items():
        if file.startswith("~"):
            # A built-in costs whoever called it.
            for (caller, _, _), (_, _, part, _) in callers.items():
                costs[_group(caller)] += part
        else:
            costs[_group(file)] += own
    costs.pop("", None)
    total = sum(costs.values())
    return Counter({name: cost / total for name, cost in costs.items()})


def _group(file: str) -> str:
    """A module's part in the work; empty for the benchmark itself."""
    if "/scripts/bench/" in file:
        return ""
    if "/service/" in file:
        return "service/" + file.rsplit("/service/", 1)[1].split("/", maxsplit=1)[0].removesuffix(".py")
    parts = Path(file).parts
    return next((_GROUPS[part] for part in reversed(parts) if part in _GROUPS), "other libraries and Python")
