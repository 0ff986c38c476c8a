"""A real HTTP proxy in front of the gateway: it counts what passes, and it can fail as networks do. No assertions."""

import http.client
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}
# Seconds for which a request is held at most, and for the gateway to answer.
PATIENCE = 60.0


@dataclass(frozen=True)
class Passed:
    """A request that arrived: who asked (`member`, `service` or `anon`) and for what, such as `rpc/chat_send`."""

    who: str
    what: str
    # On whose behalf the request says that it asks.
    forwarded_for: str | None = field(default=None, compare=False)


@dataclass
class Gate:
    """A request, or an answer, that is held back until `open` or `drop`."""

    reached: threading.Event = field(default_factory=threading.Event)
    _decided: threading.Event = field(default_factory=threading.Event)
    _is_dropped: bool = False

    def open(self) -> None:
        """Let it go on."""
        self._decided.set()

    def drop(self) -> None:
        """Let it never arrive."""
        self._is_dropped = True
        self._decided.set()

    def passes(self) -> bool:
        """Be the one that is held back; return whether to go on."""
        self.reached.set()
        return self._decided.wait(PATIENCE) and not self._is_dropped


@dataclass
class _Fault:
    what: str
    left: int
    is_after: bool = False
    gate: Gate | None = None
    answer: tuple[int, bytes] | None = None

    def stops(self, *, is_after: bool) -> bool:
        """Be met before a request is passed on, or after that; return whether it goes no further."""
        return self.is_after is is_after and not (self.gate and self.gate.passes())


class Proxy:
    """Listens on loopback and passes everything on to `target`."""

    def __init__(self, target: str, secret_key: str) -> None:
        self._faults: list[_Fault] = []
        self._lock = threading.Lock()
        self._seen: list[Passed] = []
        outer = self

        class Handler(_Handler):
            proxy = outer

        where = urlsplit(target)
        self.host, self.port, self.secret_key = where.hostname, where.port, secret_key
        self._server = _Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def cut(self, what: str, *, times: int = 2, after: bool = False) -> None:
        """Close the connection of the next requests for `what`: before they are passed on, or instead of the answer.

        Twice by default, because the service repeats a request whose connection was closed.
        """
        with self._lock:
            self._faults.append(_Fault(what, times, is_after=after))

    def hold(self, what: str, *, after: bool = False) -> Gate:
        """Hold the next request for `what` back: before it is passed on, or its answer."""
        gate = Gate()
        with self._lock:
            self._faults.append(_Fault(what, 1, is_after=after, gate=gate))
        return gate

    def answer(self, what: str, status: int, body: bytes, *, times: int = 1) -> None:
        """Answer the next requests for `what` as Supabase itself does when it fails; they are not passed on."""
        with self._lock:
            self._faults.append(_Fault(what, times, answer=(status, body)))

    def heal(self) -> None:
        """Forget every fault."""
        with self._lock:
            self._faults.clear()

    @contextmanager
    def watch(self) -> Iterator[list[Passed]]:
        """Collect what arrives during a block."""
        with self._lock:
            self._seen = seen = []
        yield seen

    def arrived(self, passed: Passed) -> _Fault | None:
        """Note a request and return what shall happen to it."""
        with self._lock:
            self._seen.append(passed)
            for fault in self._faults:
                if fault.what == passed.what and fault.left:
                    fault.left -= 1
                    return fault
        return None


class _Server(ThreadingHTTPServer):
    def handle_error(self, *where: Any) -> None:
        """Say nothing of who hung up: that may be what is tested, and would stand in the midst of a service's log."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(*where)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    proxy: Proxy

    def setup(self) -> None:
        super().setup()
        self.upstream = http.client.HTTPConnection(self.proxy.host, self.proxy.port, timeout=PATIENCE)

    def finish(self) -> None:
        self.upstream.close()
        super().finish()

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.proxy.arrived(Passed(self._who(), self._what(), self.headers.get("Sb-Forwarded-For")))
        if fault and fault.answer:
            self._send(fault.answer[0], [("Content-Type", "application/json")], fault.answer[1])
            return
        if fault and fault.stops(is_after=False):
            self.close_connection = True
            return
        try:
            status, headers, answer = self._ask(body)
        except (OSError, http.client.HTTPException):
            self.close_connection = True
            return
        if fault and fault.stops(is_after=True):
            self.close_connection = True
            return
        self._send(status, headers, answer)

    def _send(self, status: int, headers: list[tuple[str, str]], answer: bytes) -> None:
        head = "".join(f"{name}: {value}\r\n" for name, value in headers)
        self.wfile.write(
            f"HTTP/1.1 {status} -\r\n{head}Content-Length: {len(answer)}\r\n\r\n".encode("latin-1") + answer
        )

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _pass_on  # noqa: N815 - the server's names

    def _ask(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        given = {name: value for name, value in self.headers.items() if name.lower() not in {"host", "connection"}}
        self.upstream.request(self.command, self.path, body, given)
        answer = self.upstream.getresponse()
        headers = [(name, value) for name, value in answer.getheaders() if name.lower() not in _HOP_BY_HOP]
        body = answer.read()
        # One each: the gateway closes those that are idle for a while, and the next request would arrive twice.
        self.upstream.close()
        return answer.status, headers, body

    def _who(self) -> str:
        bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if bearer.count(".") == 2:
            return "member"
        return "service" if self.headers.get("apikey") == self.proxy.secret_key else "anon"

    def _what(self) -> str:
        return urlsplit(self.path).path.removeprefix("/rest/v1/").removeprefix("/")

    def log_message(self, *args: Any) -> None:
        pass
