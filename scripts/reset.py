"""Wipes `.local` and nothing else: the local database, its keys, logs and ports.

Uses the standard library only, so that it works before anything is installed. Exit codes: 0 done, 1 failed.
"""

import contextlib
import fcntl
import os
import shutil
import sys
from pathlib import Path

LOCAL = Path(__file__).resolve().parents[1] / ".local"


def main() -> int:
    """Remove the folder unless somebody uses it; return the exit code."""
    if LOCAL.is_symlink():
        # A link to a shared folder: only the link is ours.
        LOCAL.unlink()
    if not LOCAL.exists():
        print("Nothing to wipe: there is no .local.")
        return 0
    with contextlib.ExitStack() as open_files:
        try:
            lock = open_files.enter_context((LOCAL / "run.lock").open("a"))
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return _fail("Munui is running in this checkout: stop it with Ctrl-C first.")
        except PermissionError:
            return _fail(f"{LOCAL} belongs to another user (uid {LOCAL.stat().st_uid}): wipe it as that user.")
        try:
            shutil.rmtree(LOCAL)
        except PermissionError as error:
            who = f"uid {os.geteuid()}"
            return _fail(f"{error.filename} cannot be removed as {who}: another user made it, wipe it as that one.")
    print("Wiped .local.")
    return 0


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
