"""Answers that are made while they are sent: longer than the memory or the time of a request.

Belongs here: the time of each piece, and what happens when one cannot be made. Does not belong here: what is sent.

An answer that has begun cannot become an error any more. So whatever goes wrong leaves it visibly unfinished: the
connection ends without its last chunk, and what was sent so far is no whole document.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import chain
from typing import TypeVar

import structlog
from flask import Response, request

from service.core.errors import MunuiError
from service.core.outgoing import deadline
from service.http.context import part, request_id
from service.settings import Settings

log = structlog.get_logger(__name__)
Page = TypeVar("Page")


def begun(pages: Iterator[Page]) -> Iterator[Page]:
    """`pages` of this request, the first of them made now: where Supabase cannot be reached, that is still a 503."""
    first = next(pages)
    return chain([first], _watched(in_time(pages), _breaking()))


def file_of(pieces: Iterator[str], slot: ExitStack, *, content_type: str, name: str) -> Response:
    """A file of that name; `slot` is free when its last piece is made or one cannot be, or its reader goes away."""
    response = Response(
        _with(slot, pieces),
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Accel-Buffering": "no"},
    )
    # Also where the reader went away before the first piece.
    response.call_on_close(slot.close)
    return response


def _with(slot: ExitStack, pieces: Iterator[str]) -> Iterator[str]:
    with slot:
        yield from pieces


def in_time(pages: Iterator[Page]) -> Iterator[Page]:
    """`pages` that may take longer than a request, this one: each has the time of a whole request."""
    budget = part(Settings).request_budget
    return _in_time(pages, budget)


def _in_time(pages: Iterator[Page], budget: float) -> Iterator[Page]:
    while True:
        deadline.set(time.monotonic() + budget)
        try:
            page = next(pages)
        except StopIteration:
            return
        yield page


def _watched(pages: Iterator[Page], broke: Callable[[str], None]) -> Iterator[Page]:
    try:
        yield from pages
    except MunuiError as error:
        broke(error.code)
        raise


def _breaking() -> Callable[[str], None]:
    """How to log that the answer of this request broke off: by then the request itself is over."""
    known = {
        "request_id": str(request_id()),
        "route": request.url_rule.rule if request.url_rule is not None else None,
    }
    return lambda code: log.error("answer_broken_off", code=code, **known)
