"""Whom Postgres runs as. It refuses to be root, so root lends it a system user with nothing to its name."""

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from scripts.local.errors import StackError

USER = "munui-postgres"
# Capabilities that let a process read below a folder closed to others, the weaker first.
_READING = (("dac_read_search", 2), ("dac_override", 1))


@dataclass(frozen=True)
class SystemUser:
    """A user that root may become."""

    uid: int
    gid: int

    def options(self, needed: tuple[Path, ...]) -> list[str]:
        """Return options of setpriv(1) that turn a command over to this user.

        Where it could not reach a path of `needed` (a checkout under a folder closed to others, say), the
        command also gets the one capability that lets it read there. No permission on disk is changed.
        """
        options = [f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups"]
        if all(_open_to_others(path) for path in needed):
            return options
        capability = _reading_capability()
        # access(2), by which Postgres looks for its own parts, heeds capabilities only with this secure bit.
        bits = ["--securebits=+no_setuid_fixup"]
        return [*options, *bits, f"--inh-caps=+{capability}", f"--ambient-caps=+{capability}"]

    def own(self, path: Path) -> None:
        """Give a file or an empty folder to this user."""
        os.chown(path, self.uid, self.gid)


def for_postgres() -> SystemUser | None:
    """Return the user that Postgres must run as, None where it can run as we are."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(USER)
    except KeyError:
        entry = _create()
    return SystemUser(entry.pw_uid, entry.pw_gid)


def _create() -> pwd.struct_passwd:
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if useradd is None:
        return pwd.getpwnam("nobody")
    made = subprocess.run(
        [useradd, "--system", "--no-create-home", "--user-group", "--shell", "/usr/sbin/nologin", USER],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        # Two stacks may start at the same time: it counts that the user is there, not who made it.
        return pwd.getpwnam(USER)
    except KeyError:
        raise StackError(
            f"Postgres cannot run as root and no user could be made for it ({made.stderr.strip()}): "
            "run this as an ordinary user."
        ) from None


def _open_to_others(path: Path) -> bool:
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in [path, *path.parents])


def _reading_capability() -> str:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    mask = next((int(line.split()[1], 16) for line in status.splitlines() if line.startswith("CapPrm:")), 0)
    found = next((name for name, bit in _READING if mask & (1 << bit)), None)
    if found is None:
        raise StackError(
            "This checkout lies in a folder that Postgres may not enter, and this root has not the right to "
            "let it: move it, or run this as an ordinary user."
        )
    return found
