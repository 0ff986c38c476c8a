"""What a view may ask of the app and of its request.

Belongs here: the parts that an app was composed of, and the request's own facts. Does not belong here: making the parts
(`service/app.py`).
"""

from __future__ import annotations

from typing import TypeVar, cast
from uuid import UUID

from flask import Flask, current_app, g, request

Part = TypeVar("Part")

_EXTENSION = "munui"


def install(app: Flask, *parts: object) -> None:
    """Give `app` its parts, one of each type. Each must be safe to use from several threads."""
    app.extensions[_EXTENSION] = {type(one): one for one in parts}


def part_of(app: Flask, kind: type[Part]) -> Part:
    """The part of that type which `app` was composed of."""
    return cast("Part", app.extensions[_EXTENSION][kind])


def part(kind: type[Part]) -> Part:
    """The part of that type of the app that serves this request."""
    return part_of(current_app, kind)


def request_id() -> UUID:
    """The id of this request: in its log lines, in its answer, and in the rows it writes unless its body names one."""
    return cast("UUID", g.request_id)


def adopt_request_id(given: UUID | None) -> UUID:
    """The id for the rows of this request: the one that its body gives, or its own.

    A request that brought no id in its header takes the body's for itself, before anything is asked of Supabase; one
    that did keeps its own, so that its log lines, its answer and its problem all carry one.
    """
    if given is not None and not g.has_given_id:
        g.request_id = given
    return given or request_id()


def wants_file() -> bool:
    """Whether this is for a file of ours: open to every page, and nothing is counted for it."""
    return request.endpoint == "static" or request.blueprint == "embed"


def wants_json() -> bool:
    """Whether this path belongs to machines: its errors are problem+json and never a page."""
    return request.path.startswith("/api/") or request.path.rstrip("/") in ("/api", "/healthz", "/readyz")
