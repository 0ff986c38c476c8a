"""Files and folders that only their owner may look into, written whole or not at all.

What lies in `.local` holds keys, mails and what people wrote: nothing in it is for other users of the machine.
"""

import os
import stat
import tempfile
from pathlib import Path
from typing import BinaryIO

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def private_folder(path: Path) -> Path:
    """Return `path`, a folder with mode 700; what is missing of it is made with the same."""
    for folder in reversed([path, *path.parents]):
        if not folder.exists():
            folder.mkdir(mode=0o700, exist_ok=True)
    return path


def append_private(path: Path) -> BinaryIO:
    """Open a file of mode 600 to write at its end."""
    private_folder(path.parent)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab")


def close_to_others(root: Path) -> None:
    """Take every right of group and others from `root` and all below it: an earlier version left them some.

    What belongs to somebody else (root's Postgres has a user of its own, and closes its folder itself) stays as it is.
    """
    for folder, _, files in os.walk(root):
        _close(Path(folder))
        for name in files:
            _close(Path(folder, name))


def close_file(path: Path) -> None:
    """Take every right of group and others from a file of ours, if there is one."""
    if path.is_file():
        _close(path)


def _close(path: Path) -> None:
    try:
        seen = path.lstat()
        if seen.st_uid == os.geteuid() and seen.st_mode & _OTHERS and not stat.S_ISLNK(seen.st_mode):
            path.chmod(stat.S_IMODE(seen.st_mode) & ~_OTHERS)
    except FileNotFoundError:
        # Of another stack that is just being wiped.
        return


def write_private(path: Path, text: str) -> None:
    """Write `text` to `path` with mode 600, atomically: a reader sees the old file or the new one."""
    private_folder(path.parent)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).chmod(0o600)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def tail(path: Path, lines: int = 15, *, since: int = 0) -> str:
    """Return the last lines of a log that come after its first `since` bytes, or an empty text where there is none."""
    try:
        return "\n".join(path.read_bytes()[since:].decode(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
