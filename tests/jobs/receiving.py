"""A receiver of webhooks that notes everything and answers as it is told. No assertions."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks.webhooks import Webhook

Answer = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True)
class Received:
    """A request."""

    headers: dict[str, str]
    body: bytes
    peer: str

    @property
    def id(self) -> str:
        """What repeats are known by."""
        return self.headers["webhook-id"]

    @property
    def event(self) -> Any:
        """What it says."""
        return json.loads(self.body)

    def verify(self, secret: str) -> Any:
        """Read it with the library that receivers use. Raises what that raises."""
        return Webhook(secret).verify(self.body, self.headers)


@dataclass
class Receiver:
    """What came, in its order; `answer` says what is answered, and may take its time."""

    url: str = ""
    got: list[Received] = field(default_factory=list)
    answer: Callable[[Received], Answer] = lambda _: (204, {}, b"")

    def ids(self) -> list[str]:
        """The ids of what came."""
        return [one.id for one in self.got]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Listen on a port of this machine."""
    receiver = Receiver()
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            one = Received(headers, body, self.client_address[0])
            receiver.got.append(one)
            status, more, content = receiver.answer(one)
            if over.is_set():
                return
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **more}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 128
        # One that still sleeps ends with its test.
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: Any) -> None:
            """Whoever asked has hung up."""

    with Server(("127.0.0.1", 0), Handler) as server:
        receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield receiver
        finally:
            over.set()
            server.shutdown()
            thread.join()
