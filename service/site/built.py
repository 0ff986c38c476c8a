"""What browsers get of `service/static`: made by `make bundle`, under names that change with what is in them.

Belongs here: whether they are there and fit their sources, which name a file has now, reading one. Does not belong
here: making them (`scripts/bundling`), answering requests (`embed.py`).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

_SERVICE = Path(__file__).resolve().parents[1]
SOURCES = _SERVICE / "static"
FOLDER = _SERVICE / "built"
MANIFEST = "manifest.json"
# How a file is packed, by what a client calls it; the smallest first.
PACKED = {"br": ".br", "gzip": ".gz"}
_NAME = re.compile(r"(?P<stem>[a-z]+(?:-[a-z]+)*)-[0-9A-Z]{8}(?P<ending>\.(?:js|css))(?P<map>\.map)?")


class NotBuilt(Exception):
    """There are no built files, or they were made from other sources than those that are here."""


class Built:
    """The files as `make bundle` left them. Those of earlier builds are read too: a page may still ask for them."""

    def __init__(
        self, names: Mapping[str, str], folder: Path = FOLDER, parts: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self._names = names
        self._parts = parts or {}
        self._folder = folder

    @classmethod
    def load(cls, folder: Path = FOLDER, sources: Path = SOURCES) -> Built:
        """What is built. Raises NotBuilt with a sentence that says what to do: an old bundle is never served."""
        try:
            manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            raise NotBuilt(f"The files for browsers are not built: {folder} has none. Run `make bundle`.") from None
        if manifest["sources"] != digest(sources):
            raise NotBuilt(f"The files for browsers are not those of {sources} as it is now. Run `make bundle`.")
        names: dict[str, str] = manifest["names"]
        if lost := missing(folder, names):
            raise NotBuilt(f"Of the files for browsers {lost[0]} is missing. Run `make bundle`.")
        return cls(names, folder, manifest.get("parts"))

    def name(self, file: str) -> str:
        """The present name of `file`, as `munui-K3X5Q2AB.js` of `munui.js`."""
        return self._names[file]

    def parts(self, file: str) -> Sequence[str]:
        """The names of the files that the script `file` loads at once, for a page that asks for all at once."""
        return self._parts.get(file, ())

    def present(self, name: str) -> str | None:
        """`name`, if such a file is there; else the one that took its place, or None where it was never one of ours."""
        parts = _NAME.fullmatch(name)
        if parts is None:
            return None
        if (self._folder / name).is_file():
            return name
        successor = self._names.get(parts["stem"] + parts["ending"])
        return successor and successor + (parts["map"] or "")

    def read(self, name: str, encoding: str | None = None) -> bytes:
        """The content of a file by the name that `name` or `present` gave, packed as one of `PACKED` or plain."""
        return (self._folder / (name + PACKED.get(encoding or "", ""))).read_bytes()


def missing(folder: Path, names: Mapping[str, str]) -> list[Path]:
    """Those that should be in `folder` and are not."""
    wanted = (folder / (name + ending) for name in names.values() for ending in ("", *PACKED.values()))
    return [path for path in wanted if not path.is_file()]


def digest(sources: Path) -> str:
    """What the built files are made from, in short."""
    found = hashlib.sha256()
    for path in sorted(path for path in sources.rglob("*") if path.suffix in {".js", ".css"}):
        body = path.read_bytes()
        found.update(f"{path.relative_to(sources).as_posix()} {len(body)}\n".encode())
        found.update(body)
    return found.hexdigest()
