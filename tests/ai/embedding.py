"""A small server of vectors, as OpenAI's: `POST /v1/embeddings`, made by a model with its weights in a package."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from scripts.eval.vectors import Encoder

Body = dict[str, Any]
Answer = tuple[int, Body | bytes]


@cache
def encoder() -> Encoder:
    """The model, loaded once a process."""
    return Encoder()


@dataclass
class Vectors:
    """The server. `script` answers instead of the model where it is set; every body that came is kept."""

    url: str = ""
    asked: list[Body] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    script: Callable[[Body], Answer] | None = None


def honest(body: Body) -> Answer:
    """Vectors by the model, the last one first: places are told, and order means nothing."""
    vectors = encoder().vectors(body["input"])
    data = [{"object": "embedding", "index": place, "embedding": vector} for place, vector in enumerate(vectors)]
    return 200, {"object": "list", "model": body["model"], "data": data[::-1], "usage": {"prompt_tokens": 1}}


@contextmanager
def serving() -> Iterator[Vectors]:
    """The server, for as long as the block runs."""
    vectors = Vectors()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            vectors.asked.append(body)
            vectors.paths.append(self.path)
            vectors.keys.append(self.headers.get("Authorization"))
            code, answer = (vectors.script or honest)(body)
            raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(code)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    vectors.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield vectors
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
