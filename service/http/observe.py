"""What the operators see: a JSON line per request, and the id that ties lines, answers and rows together.

Belongs here: ids, timings and log setup. Does not belong here: anything a person wrote or holds. No body,
token, e-mail, cookie, query string, raw path or exception message is ever logged: ids in a path and text in
a message are content.
"""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
import time
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any, TextIO
from uuid import UUID, uuid4

import structlog
from flask import Flask, Response, g, has_request_context, request

from service.core.outgoing import deadline, upstream_calls
from service.http.context import part
from service.settings import Settings

log = structlog.get_logger(__name__)

_STAMPED = structlog.processors.TimeStamper(fmt="iso", utc=True)
_RENDERED = structlog.processors.JSONRenderer(ensure_ascii=False)
REQUEST_ID = "X-Request-Id"
# In a request's environment, from the server: when all of it was there (time.monotonic, seconds).
ARRIVED = "munui.arrived"
_FRAMES = 12


def install(app: Flask) -> None:
    """Give every request of `app` an id and a log line."""
    app.before_request(_begin)
    app.after_request(_finish)
    app.teardown_request(_end)


def configure_logging(level: str) -> None:
    """Send our own and every library's log records to stderr as JSON lines. Safe to call again.

    Our own go there directly: the way through `logging` costs several times as much, a line a request.
    """
    structlog.configure(
        processors=[*_BEGIN, _add_name, _STAMPED, _RENDERED],
        logger_factory=_Line,
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        cache_logger_on_first_use=False,
    )
    handler = _LazyStderr()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_BEGIN, structlog.stdlib.add_logger_name, _STAMPED, _outline_foreign],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _RENDERED],
            # What is left of an exception is its outline: the base class would print the rest below the line.
            keep_exc_info=False,
            keep_stack_info=False,
        )
    )
    root = logging.getLogger()
    root.handlers = [one for one in root.handlers if not isinstance(one, _LazyStderr)] + [handler]
    for server in ("gunicorn.error", "uvicorn.error"):
        # It would write exceptions with what they say.
        logging.getLogger(server).handlers = []
        logging.getLogger(server).propagate = True
    # Libraries log addresses with ids and filters in them; only their troubles are wanted.
    for noisy in ("httpx", "postgrest", "supabase_auth", "werkzeug"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


class Once:
    """For `tells_of_failures` (service/core/outgoing.py): yes to the first who asks, on any thread, and to no other."""

    def __init__(self) -> None:
        self._taken = threading.Lock()

    def __call__(self) -> bool:
        """Whether this is the first time."""
        return self._taken.acquire(blocking=False)


def outline(error: BaseException) -> dict[str, object]:
    """An exception as log fields: its types and places, without messages or values."""
    kinds: list[str] = []
    places: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        kinds.append(type(current).__qualname__)
        places.extend(_places(current.__traceback__))
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return {"error": kinds[0], "causes": kinds[1:], "frames": places}


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-_FRAMES:]
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]


def _short(filename: str) -> str:
    return "/".join(filename.replace("\\", "/").split("/")[-3:])


def _begin() -> None:
    now = time.monotonic()
    # It may have waited for a thread.
    arrived: float = request.environ.get(ARRIVED, now)
    g.started = time.perf_counter() - (now - arrived)
    given = _sane_id(request.headers.get(REQUEST_ID))
    g.request_id, g.has_given_id = given or uuid4(), given is not None
    upstream_calls.set(0)
    deadline.set(arrived + part(Settings).request_budget)


def _finish(response: Response) -> Response:
    response.headers[REQUEST_ID] = str(g.request_id)
    log.info(
        "request",
        method=request.method,
        status=response.status_code,
        code=g.get("error_code"),
        duration_ms=round((time.perf_counter() - g.started) * 1000, 1),
        upstream_calls=upstream_calls.get(),
    )
    return response


def _end(_: BaseException | None) -> None:
    """The time of a request ends with it: who goes on where it was answered is not late because of it."""
    deadline.set(None)


def _sane_id(given: str | None) -> UUID | None:
    """A request id from outside, taken only in the one usual way to write a UUID."""
    try:
        parsed = UUID(given or "")
    except ValueError:
        return None
    return parsed if str(parsed) == (given or "").lower() else None


def _outline_foreign(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace a library's exception, whose message may hold content, by its outline."""
    info = event.pop("exc_info", None)
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event.update(outline(error))
    return event


def _add_request(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Say which request a line is about."""
    if has_request_context() and "request_id" in g:
        event.setdefault("request_id", str(g.request_id))
        event.setdefault("route", request.url_rule.rule if request.url_rule is not None else None)
    return event


def _add_name(logger: Any, _: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Say which module a line is from."""
    event["logger"] = logger.name
    return event


_BEGIN: list[Any] = [structlog.contextvars.merge_contextvars, structlog.stdlib.add_log_level, _add_request]


class _Line:
    """Writes a line to stderr, whole: a process may have several threads, and several processes one stderr."""

    def __init__(self, name: str = "service") -> None:
        self.name = name

    def msg(self, line: str) -> None:
        """Write it, if anybody reads it. A full disk or a log that has gone away costs nobody their answer."""
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()

    debug = info = warning = error = critical = msg


class _LazyStderr(logging.StreamHandler[TextIO]):
    """Writes to whatever stderr is at that moment, so that a replaced stderr is never written to closed."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return sys.stderr
