"""Choosing ports: the wanted one if it is free, else a free one, remembered for the checkout."""

import json
import socket
import sys
import weakref
from collections.abc import Callable
from pathlib import Path

from scripts.local.errors import StackError
from scripts.local.files import write_private

HOST = "127.0.0.1"
_TRIES = 5


def is_free(port: int) -> bool:
    """Say whether a server could listen on this port of the loopback address now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def any_free() -> int:
    """Return a port that nobody listens on at this moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def listen(port: int) -> socket.socket:
    """Return a socket that listens on this port of the loopback address; raises StackError where it is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(1024)
    except OSError:
        listener.close()
        raise StackError(f"Port {port} of {HOST} is taken.") from None
    return listener


def keep(port: int) -> socket.socket | None:
    """Return a socket by which a port is given to nobody who asks for any, and in whose way no server of that port is.

    It is bound and does not listen: who connects is refused. None where it cannot be had: the port is taken, or the
    system is not Linux, which lets a server listen beside it.
    """
    if sys.platform != "linux":
        return None
    kept = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.bind((HOST, port))
    except OSError:
        kept.close()
        return None
    return kept


class Ports:
    """The ports of one checkout, kept in a file so that they stay the same from run to run."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._given: set[int] = set()

    def choose(self, name: str, wanted: int) -> int:
        """Return a free port for `name` and remember it.

        `wanted` is taken when it is free, then the one remembered, then any; 0 asks for any.
        """
        if not 0 <= wanted <= 65535:
            raise StackError(f"{name} is {wanted}, which is no port: it must lie between 0 and 65535.")
        remembered = self._read()
        candidates = [wanted, remembered.get(name, 0)]
        port = next((c for c in candidates if c and c not in self._given and is_free(c)), 0)
        while not port or port in self._given:
            port = any_free()
        self._given.add(port)
        remembered[name] = port
        write_private(self._path, json.dumps(remembered, indent=1) + "\n")
        return port

    def start_on(self, name: str, wanted: int, start: Callable[[int], None]) -> int:
        """Call `start` with a port, and with another where somebody took it meanwhile; return the port.

        `start` raises StackError where it fails, and leaves nothing that listens then. As long as there are these ports
        nobody else is given it: starting takes a while, and what is stopped may be started again.
        """
        for _ in range(_TRIES):
            port = self.choose(name, wanted)
            kept = keep(port)
            let_go = weakref.finalize(self, kept.close) if kept else None
            try:
                start(port)
            except StackError:
                if let_go:
                    let_go()
                if is_free(port):
                    raise
            else:
                return port
        raise StackError(f"No port could be had for {name}: others took {_TRIES} in a row.")

    def _read(self) -> dict[str, int]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {str(k): int(v) for k, v in found.items()} if isinstance(found, dict) else {}
