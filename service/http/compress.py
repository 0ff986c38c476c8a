"""Public files travel small: modules without their comments, and everything compressed.

Only what is the same for everybody: the answers of a member are not, for their length under compression would tell of
their content (BREACH). A proxy in front may do better; this is for where there is none.
"""

from __future__ import annotations

import gzip
from functools import lru_cache

import rjsmin
from flask import Flask, Response, request

from service.http.operations import operation

_TEXT = ("text/", "application/json", "image/svg+xml")
# Below this, in bytes, nothing is gained.
_SMALLEST = 200
_SCRIPT = "text/javascript"
_LEVEL = 9


def install(app: Flask) -> None:
    """Compress the public files of `app` for whoever takes gzip."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if not _is_public() or not (response.mimetype or "").startswith(_TEXT):
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code != 200 or request.method != "GET":
        return response
    response.direct_passthrough = False
    body = response.get_data()
    if response.mimetype == _SCRIPT:
        body = _bare(body)
        response.set_data(body)
    if len(body) >= _SMALLEST and request.accept_encodings.quality("gzip"):
        response.set_data(_gzip(body))
        response.headers["Content-Encoding"] = "gzip"
        tag, _ = response.get_etag()
        if tag is not None:
            # The same content in another form: as good for a browser's question whether it has changed.
            response.set_etag(tag, weak=True)
    return response


def _is_public() -> bool:
    asked = operation()
    return request.endpoint == "static" or (asked is not None and asked.is_public)


@lru_cache(maxsize=128)
def _bare(script: bytes) -> bytes:
    return bytes(rjsmin.jsmin(script))


@lru_cache(maxsize=128)
def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, _LEVEL, mtime=0)
