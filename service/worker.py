"""The worker process of the web server: gunicorn's threads, with a port that closes at once when it stops.

Belongs here: that difference alone. Does not belong here: the server's configuration (`gunicorn.py`).

gunicorn's own worker keeps the listening socket until its last request is done. Until then the kernel goes on
taking connections that nobody will answer, and a client waits for seconds instead of asking elsewhere at once.
"""

from __future__ import annotations

from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]


class Worker(ThreadWorker):  # type: ignore[misc]
    """Finishes what has arrived, and lets nothing more arrive."""

    def set_accept_enabled(self, enabled: bool) -> None:
        """Begin or stop to take connections; when the worker is to end, for good."""
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive:
            for listener in self.sockets:
                self._take_all(listener)
                # Only this process's hold on it: after a reload (SIGHUP) new workers listen on the same socket.
                listener.close()

    def _take_all(self, listener: object) -> None:
        """Serve the connections that the kernel has taken already."""
        while True:
            before = self.nr_conns
            self.accept(listener)
            if self.nr_conns == before:
                return
