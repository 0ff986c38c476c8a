"""What is the same for everybody travels small: the flow, and pages that hold nothing of a person.

Only such: the answers of a member are not, for their length under compression would tell of their content (BREACH).
Files are packed when they are built (`scripts/bundling`). A proxy in front may do better; this is for where there is
none.
"""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import Flask, Response, request

from service.http.operations import operation

_LEVEL = 9


def install(app: Flask) -> None:
    """Compress the public answers of the API of `app` for whoever takes gzip."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    asked = operation()
    return response if asked is None or not asked.is_public else packed(response)


def packed(response: Response) -> Response:
    """`response`, small for whoever takes gzip. It must hold nothing that is one person's."""
    response.vary.add("Accept-Encoding")
    if response.status_code != 200 or request.method != "GET":
        return response
    if request.accept_encodings.quality("gzip"):
        response.set_data(_gzip(response.get_data()))
        response.headers["Content-Encoding"] = "gzip"
        tag, _ = response.get_etag()
        if tag is not None:
            # The same content in another form: as good for a browser's question whether it has changed.
            response.set_etag(tag, weak=True)
    return response


@lru_cache(maxsize=8)
def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, _LEVEL, mtime=0)
