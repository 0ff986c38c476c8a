"""Makes the files that browsers get (`service/built`) out of the readable ones (`service/static`), with esbuild.

Belongs here: when they are made anew, and what becomes of the former ones. Does not belong here: how they are served
(`service/site/built.py`).
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from service.site.built import FOLDER, MANIFEST, SOURCES, digest, missing

HERE = Path(__file__).resolve().parent
PACKAGE = HERE / "node_modules" / "esbuild"
# Pages that are open, and entries that browsers keep, go on asking for the names they know. Beyond these builds they
# are given the present file.
KEPT_BUILDS = 10


class BundlingError(Exception):
    """The files cannot be made; the message says why in a sentence."""


def make(folder: Path = FOLDER, sources: Path = SOURCES) -> bool:
    """Make the files if they are not those of `sources`; returns whether that was needed. Raises BundlingError.

    Of several that call this at the same time one makes them. A reader finds the former state or the new one.
    """
    wanted = {"sources": digest(sources), "tool": _tool()}
    try:
        if _is_made(folder, wanted):  # asked without a lock first: an installed copy may be read-only
            return False
        folder.mkdir(exist_ok=True)
        with (folder / ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if _is_made(folder, wanted):
                return False
            _make(folder, sources, wanted)
    except OSError as error:
        raise BundlingError(f"The files for browsers cannot be built: {error.strerror}: {error.filename}.") from None
    return True


def _is_made(folder: Path, wanted: dict[str, str]) -> bool:
    known = _manifest(folder)
    return wanted.items() <= known.items() and not missing(folder, known["names"])


def _make(folder: Path, sources: Path, wanted: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory(dir=folder, prefix=".new-") as new:
        made = json.loads(_run_esbuild(sources, Path(new)))
        names = made["names"]
        for path in Path(new).iterdir():
            path.replace(folder / path.name)
        builds = [names, *(one for one in _manifest(folder).get("builds", []) if one != names)][:KEPT_BUILDS]
        manifest = Path(new) / MANIFEST
        manifest.write_text(json.dumps({**wanted, **made, "builds": builds}, indent=1), encoding="utf-8")
        manifest.replace(folder / MANIFEST)  # last, so that it never names a file that is not there
    _forget(folder, {name for build in builds for name in build.values()})


def _run_esbuild(sources: Path, new: Path) -> str:
    node = shutil.which("node")
    if node is None:
        raise BundlingError("Node.js is missing: install version 20 or newer.")
    if not PACKAGE.is_dir():
        raise BundlingError("esbuild is not installed: run `make bundle`.")
    command = [node, "build.mjs", str(sources), str(new)]
    # What it complains of it quotes, and may cut a letter in two.
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        raise BundlingError(f"The files for browsers cannot be built:\n{done.stderr.strip()}")
    return done.stdout


def _forget(folder: Path, kept: set[str]) -> None:
    """Remove the files of builds before those that are kept, and what a killed build left."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name not in {MANIFEST, ".lock"} and not any(path.name.startswith(name) for name in kept):
            path.unlink()


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}


def _tool() -> str:
    """What decides about the result besides the sources: how we call esbuild, and which one."""
    return hashlib.sha256(
        b"".join((HERE / name).read_bytes() for name in ("build.mjs", "package-lock.json"))
    ).hexdigest()
