"""A wire between the chat and the service that can be cut, the same in every engine."""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Lock, Thread

from scripts.local.ports import HOST, listen


class Wire:
    """Passes connections on to a port of this machine; while it is cut there is nobody at its end."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._lock = Lock()
        self._open: set[socket.socket] = set()
        self._listener = listen(0)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://{HOST}:{self.port}"
        self._serve()

    def cut(self) -> None:
        """End every connection, and refuse new ones."""
        # Whoever waits in accept() is woken by this, not by close().
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._acceptor.join()
        self._listener.close()
        with self._lock:
            for end in self._open:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Pass on again, at the same port."""
        self._listener = listen(self.port)
        self._serve()

    def _serve(self) -> None:
        self._acceptor = Thread(target=self._accept, args=(self._listener,), daemon=True)
        self._acceptor.start()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection((HOST, self._target))
                # By whoever accepts it: a cut waits for this thread alone, and ends all that it finds here.
                with self._lock:
                    self._open |= {near, far}
                for source, target in ((near, far), (far, near)):
                    Thread(target=self._pass, args=(source, target), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._open.discard(source)
        source.close()
