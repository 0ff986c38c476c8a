"""A site whose pages are imported: it answers as it is told, and notes what was asked. No assertions."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = tuple[int, dict[str, str], bytes]


def page(body: str, *, title: str = "도움말", lang: str = "ko", head: str = "") -> Answer:
    """Return a page."""
    html = f'<!doctype html><html lang="{lang}"><head><title>{title}</title>{head}</head><body>{body}</body></html>'
    return 200, {"Content-Type": "text/html; charset=utf-8"}, html.encode()


def text(content: str, media_type: str = "text/plain") -> Answer:
    """Return a text."""
    return 200, {"Content-Type": media_type}, content.encode()


def sends_to(where: str, status: int = 302) -> Answer:
    """Return a redirect."""
    return status, {"Location": where}, b""


@dataclass
class Site:
    """Pages by path; a function is asked each time. `over` is set when the site closes."""

    url: str = ""
    pages: dict[str, Answer | Callable[[], Answer]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)


@contextmanager
def running_site(host: str = "127.0.0.1") -> Iterator[Site]:
    """Listen on a port of this machine."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            found = site.pages.get(self.path, (404, {}, b""))
            status, headers, body = found() if callable(found) else found
            if site.over.is_set():
                return
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer((host, 0), Handler)
    server.daemon_threads = True
    site.url = f"http://{host}:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
