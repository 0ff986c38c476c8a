"""The worker process of the web server: gunicorn's threads, which wait for Supabase and never for a client.

Belongs here: what differs from gunicorn's own worker. Does not belong here: the server's configuration
(`gunicorn.py`), when a request is whole (`arrival.py`).

Three things differ.

- A request gets a thread when all of it has arrived, and the thread reads it from memory. gunicorn's own worker gives a
  thread to every new connection and lets it wait, so as many silent or dripping clients as there are threads stop the
  service for everybody.
- A connection that is closed waits for its client in the loop that watches all connections. gunicorn's own worker stops
  that loop for it, up to two seconds a connection, and with it everybody else's.
- When the worker stops, its port closes at once. gunicorn's own keeps it until the last request is done; until then the
  kernel goes on taking connections that nobody will answer, and a client waits instead of asking elsewhere.
"""

from __future__ import annotations

import contextlib
import fcntl
import resource
import selectors
import socket
import termios
import time
from array import array
from collections import deque
from functools import partial
from typing import Any

from gunicorn.errors import ConfigError  # type: ignore[import-untyped]
from gunicorn.http.unreader import Unreader  # type: ignore[import-untyped]
from gunicorn.workers.gthread import TConn, ThreadWorker  # type: ignore[import-untyped]

from service.arrival import KIB, Arrival

# Seconds for a request to arrive whole. Its answer has as long again (REQUEST_BUDGET).
PATIENCE = 10.0
# Seconds that are left to a request that is arriving when the worker stops.
LAST_PATIENCE = 2.0
# Seconds for a client to close its side of a connection that is done.
LINGER = 2.0
# What the kernel should take of an answer at once, in bytes (it may allow less: net.core.wmem_max), so that hardly any
# thread waits for a client that does not read; one that does waits these seconds at most, a write.
SEND_BUFFER = 512 * KIB
WRITE_PATIENCE = 30.0
# Of them this many may wait for their reader when the next answer begins.
MOST_UNREAD = 128 * KIB
# What all requests that are arriving may hold together, in bytes.
LARGEST_CROWD = 64 * KIB * KIB
# What the parser gets at once.
PIECE = 8 * KIB
# Files that a worker needs besides its connections.
SPARE_FILES = 256
_CHUNK = 64 * KIB
_GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"


class Arrived(Unreader):  # type: ignore[misc]
    """What has arrived, for the parser: small pieces, as from a socket, and then the end.

    A thread reads from here and never from the socket, so none waits for a client. The pieces are small because the
    parser copies what it holds with every chunk of a body.
    """

    def __init__(self) -> None:
        super().__init__()
        self._data = b""
        self._at = 0
        # Whether somebody asked for more than there was: where the next request begins is unknown then.
        self.was_short = False

    def give(self, data: bytes) -> None:
        """Hold these bytes."""
        self._data, self._at, self.was_short = data, 0, False

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Return the next piece."""
        piece = self._data[self._at : self._at + max(size_hint or 0, PIECE)]
        self._at += len(piece)
        self.was_short = self.was_short or not piece
        return piece

    def gather(self) -> None:
        """Put what nobody has read yet to where gunicorn looks for a next request."""
        rest = self.take_buffered() + self._data[self._at :]
        self.give(b"")
        self.unread(rest)


class Connection(TConn):  # type: ignore[misc]
    """A connection with the request that is arriving on it."""

    def __init__(self, worker: Worker, client: socket.socket, address: object, server: object) -> None:
        super().__init__(worker.cfg, client, address, server)
        self._worker = worker
        self.arrival = Arrival()
        self.until = 0.0
        # Whether the request that a thread has is not whole, and will not be.
        self.is_cut = False

    def await_request(self) -> None:
        """Expect a request, which may have come along with the one before."""
        if not self.initialized:
            self.init()
            self.parser.unreader = Arrived()
        self.arrival = Arrival()
        self.until = time.monotonic() + PATIENCE
        self.arrival.feed(self.parser.unreader.take_buffered())
        self.sock.settimeout(0)

    def hand_over(self) -> None:
        """Give what has arrived to the parser. What is not there by now does not count any more."""
        self.is_cut = not self.arrival.is_whole
        self.parser.unreader.give(bytes(self.arrival.data))
        self.arrival = Arrival()

    def close(self, graceful: bool = False) -> None:
        """Close it: at once, or after the client has read what was answered."""
        if graceful:
            self._worker.linger(self)
        else:
            super().close()


class Worker(ThreadWorker):  # type: ignore[misc]
    """Waits for clients in its loop, and for Supabase in its threads."""

    worker_connections: int

    @classmethod
    def check_config(cls, cfg: Any, log: Any) -> None:
        """Refuse what this worker cannot do."""
        super().check_config(cfg, log)
        if cfg.is_ssl or cfg.http2_cleartext != "off":
            raise ConfigError("TLS and HTTP/2 end in the proxy in front of this server: leave out what turns them on")

    def init_process(self) -> None:
        """Make room for as many connections as are allowed, and begin."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = self.worker_connections + SPARE_FILES
        if soft != resource.RLIM_INFINITY and soft < wanted:
            soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            self.worker_connections = max(self.cfg.threads + 1, soft - SPARE_FILES)
        self._arriving: deque[Connection] = deque()
        self._lingering: deque[Connection] = deque()
        self._is_closed = False
        super().init_process()

    def set_accept_enabled(self, enabled: bool) -> None:
        """Begin or stop to take connections; when the worker is to end, for good."""
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive and not self._is_closed:
            self._is_closed = True
            for listener in self.sockets:
                while self._take(listener):
                    pass
                # Only this process's hold on it: after a reload (SIGHUP) new workers listen on the same socket.
                listener.close()

    def accept(self, listener: socket.socket) -> None:
        """Take a new connection."""
        self._take(listener)

    def _take(self, listener: socket.socket) -> bool:
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return False
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        if client.family != socket.AF_UNIX and hasattr(socket, "TCP_USER_TIMEOUT"):
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(PATIENCE * 1000))
        self.nr_conns += 1
        self.enqueue_req(Connection(self, client, address, listener.getsockname()))
        return True

    def enqueue_req(self, conn: Connection) -> None:
        """Wait for the next request of a connection; a thread gets it when it is whole."""
        if _unread(conn.sock) > MOST_UNREAD:
            # Who does not read answers gets no more of them.
            self._give_up(conn)
            return
        conn.await_request()
        # Most requests are there already, and need no watching.
        if self._receive(conn):
            self._settle(conn)
        else:
            self._arriving.append(conn)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._go_on, conn))

    def _go_on(self, conn: Connection, _client: socket.socket) -> None:
        if self._receive(conn):
            self._conclude(conn)

    def _receive(self, conn: Connection) -> bool:
        """Read what is there; whether there is nothing more to wait for."""
        while not conn.arrival.is_over:
            try:
                data = conn.sock.recv(_CHUNK)
            except BlockingIOError:
                break
            except OSError:
                data = b""
            if not data:
                return True
            conn.arrival.feed(data)
        if conn.arrival.is_held_back and not conn.arrival.is_over:
            conn.arrival.is_held_back = False
            with contextlib.suppress(OSError):
                conn.sock.send(_GO_ON)
        return conn.arrival.is_over

    def _settle(self, conn: Connection) -> None:
        """Give a request to a thread, and up on a connection that brought none.

        The app answers to half a body, and the server to half a head.
        """
        if conn.arrival.data:
            conn.hand_over()
            super().enqueue_req(conn)
        else:
            self._give_up(conn)

    def _conclude(self, conn: Connection) -> None:
        """Wait no longer for a request."""
        self._arriving.remove(conn)
        self.poller.unregister(conn.sock)
        self._settle(conn)

    def _give_up(self, conn: Connection) -> None:
        self.nr_conns -= 1
        conn.close()

    def handle_request(self, req: Any, conn: Connection) -> bool:
        """Answer a request, in a thread. After one that was cut off nothing more is read from its connection."""
        # Seconds for each write. Only an answer that the kernel does not take at once can need them.
        conn.sock.settimeout(WRITE_PATIENCE)
        if conn.is_cut:
            req.force_close()
        return bool(super().handle_request(req, conn))

    def _keepalive_after(self, conn: Connection, keepalive: Any) -> bool:
        """Whether another request may follow."""
        arrived = conn.parser.unreader
        is_kept = super()._keepalive_after(conn, keepalive) and not arrived.was_short
        arrived.gather()
        return bool(is_kept)

    def murder_pending(self) -> None:
        """End the waiting that takes too long. gunicorn calls this each time it has looked at all connections."""
        now = time.monotonic()
        patience = now if self.alive else now + PATIENCE - LAST_PATIENCE
        while self._arriving and self._arriving[0].until <= patience:
            self._conclude(self._arriving[0])
        while self._lingering and self._lingering[0].until <= now:
            self._end(self._lingering[0])
        for _ in range(self.nr_conns - (self.worker_connections - self.cfg.threads)):
            self._make_room()
        held = sum(len(conn.arrival.data) for conn in self._arriving)
        while held > LARGEST_CROWD:
            held -= len(self._arriving[0].arrival.data)
            self._conclude(self._arriving[0])

    def _make_room(self) -> None:
        """End one connection that nobody works on: an idle one, or the one that has taken longest."""
        if self.keepalived_conns:
            self.keepalived_conns[0].timeout = 0.0
            self.murder_keepalived()
        elif self._lingering:
            self._end(self._lingering[0])
        elif self._arriving:
            self._conclude(self._arriving[0])

    def linger(self, conn: Connection) -> None:
        """Say goodbye, and wait until the client has heard it (RFC 9112, section 9.6)."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            conn.close()
            return
        self.nr_conns += 1
        conn.until = time.monotonic() + LINGER
        conn.sock.settimeout(0)
        self._lingering.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._drain, conn))

    def _drain(self, conn: Connection, client: socket.socket) -> None:
        try:
            is_open = bool(client.recv(_CHUNK))
        except BlockingIOError:
            is_open = True
        except OSError:
            is_open = False
        if not is_open:
            self._end(conn)

    def _end(self, conn: Connection) -> None:
        """Close a connection that was said goodbye to."""
        self._lingering.remove(conn)
        self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.close()


def _unread(client: socket.socket) -> int:
    """How many bytes of earlier answers wait in the kernel for their reader."""
    waiting = array("i", [0])
    with contextlib.suppress(OSError):
        fcntl.ioctl(client.fileno(), termios.TIOCOUTQ, waiting)
    return waiting[0]
