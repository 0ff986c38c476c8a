"""The pool of connections: shared by members, and carrying nothing of one to the next."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from service.actions.clients import Keys, Upstream


class Baker(BaseHTTPRequestHandler):
    """Sets a cookie with every answer and remembers what it was sent."""

    protocol_version = "HTTP/1.1"
    seen: list[str | None] = []  # noqa: RUF012 - one test, one server

    def do_GET(self) -> None:
        self.seen.append(self.headers.get("Cookie"))
        self.send_response(200)
        self.send_header("Set-Cookie", "session=somebody; Path=/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, _format: str, *_: object) -> None:
        """Nothing: the test says what it saw."""


def test_a_cookie_of_one_answer_does_not_travel_with_the_next_request() -> None:
    server = HTTPServer(("127.0.0.1", 0), Baker)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    upstream = Upstream(url, Keys("publishable", "secret"), timeout=5, connect_timeout=5)
    for _ in range(2):
        upstream.http.get(url).raise_for_status()
    upstream.close()
    server.shutdown()
    server.server_close()
    thread.join()
    assert Baker.seen == [None, None]
