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
# What is the same for everybody, by endpoint.
_FILES = frozenset({"static", "embed.entry", "embed.former_entry", "embed.asset"})


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
    """The id of this request: in its log line, in its answer, and in the rows it writes."""
    return cast("UUID", g.request_id)


def wants_file() -> bool:
    """Whether this is for a file of ours: open to every page, and nothing is counted for it."""
    return request.endpoint in _FILES


def wants_json() -> bool:
    """Whether this path belongs to machines: its errors are problem+json and never a page."""
    return request.path.startswith("/api/") or request.path in ("/api", "/healthz", "/readyz")
