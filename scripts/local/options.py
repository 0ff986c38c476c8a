"""The settings of `make run` itself: ports, workers, threads. Those of the service are the service's."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass

from scripts.local import envfile
from scripts.local.errors import StackError
from scripts.local.gateway import SignUps
from scripts.local.ports import HOST, Ports, is_free, listen

APP_PORT = 8000
API_PORT = 54321
DB_PORT = 54322


@dataclass(frozen=True)
class Options:
    """What a person may choose; a port of 0 means the default, or a free one where that is taken."""

    port: int
    api_port: int
    db_port: int
    workers: int
    threads: int
    app_url: str
    sign_ups: SignUps
    remote: bool

    @classmethod
    def of(cls, values: Mapping[str, str]) -> "Options":
        """Read them from names and values; raises StackError with a sentence for the first that is wrong."""
        return cls(
            port=_port(values, "PORT"),
            api_port=_port(values, "LOCAL_API_PORT"),
            db_port=_port(values, "LOCAL_DB_PORT"),
            workers=_number(values, "WORKERS", 2, 1, 64),
            threads=_number(values, "THREADS", 8, 1, 256),
            app_url=values.get("APP_URL", ""),
            sign_ups=SignUps(
                confirm_email=values.get("LOCAL_CONFIRM_EMAIL", "0") == "1",
                anonymous=values.get("LOCAL_ANONYMOUS_SIGN_INS", "1") == "1",
                anonymous_per_hour=_number(values, "LOCAL_ANONYMOUS_PER_HOUR", 0, 0, 1_000_000),
            ),
            remote=any(name in values for name in envfile.PROJECT_NAMES),
        )

    def listen(self, ports: Ports) -> socket.socket:
        """Return a socket that listens on the app's port.

        It is ours from now on: nobody can take the port before the app is there to be handed it.
        """
        found: list[socket.socket] = []
        ports.start_on("app", self.port or APP_PORT, lambda port: found.append(listen(port)))
        return found[0]


def _port(values: Mapping[str, str], name: str) -> int:
    """Return the port that was asked for, 0 where none was; one that was asked for must be free."""
    port = _number(values, name, 0, 1, 65535)
    if port and not is_free(port):
        raise StackError(f"Port {port} of {HOST} is taken: stop what uses it, or set {name} to another.")
    return port


def _number(values: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = values.get(name)
    if text is None:
        return default
    if not text.strip().isdigit() or not least <= int(text) <= most:
        raise StackError(f"{name} is {text!r}: it must be a whole number from {least} to {most}.")
    return int(text)
