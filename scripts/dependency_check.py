"""Checks that what is installed is what the locks name, and that the locks name everything by its hash.

Belongs here: what can be told on this machine alone. It knows no advisories: whether a version has a known hole is for
a service to say that knows them (SECURITY.md names the way). Exit codes: 0 all is well, 1 faults, 2 wrong use.
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PYTHON_LOCKS = ("requirements.lock", "requirements-dev.lock")
NODE_LOCKS = ("scripts/*/package-lock.json", "scripts/*/*/package-lock.json", "tests/*/package-lock.json")
_HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}\b")
_PINNED = re.compile(r"==[^,*]+")


@dataclass(frozen=True)
class Pin:
    """One entry of a lock."""

    requirement: Requirement
    hashes: int

    @property
    def name(self) -> str:
        """The package's name as it is compared."""
        return canonicalize_name(self.requirement.name)

    @property
    def version(self) -> str:
        """The one version that it allows, empty where it allows several."""
        wanted = str(self.requirement.specifier)
        return wanted.removeprefix("==") if _PINNED.fullmatch(wanted) else ""

    def applies(self) -> bool:
        """Whether it is for this platform and this Python."""
        return self.requirement.marker is None or self.requirement.marker.evaluate()


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the locks of the repository; return the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    if given:
        print("dependency_check: it takes no arguments", file=sys.stderr)
        return 2
    faults = list(check(ROOT))
    for fault in faults:
        print(fault)
    print("The locks are whole, and what is installed is what they name." if not faults else f"{len(faults)} faults.")
    return 1 if faults else 0


def check(root: Path) -> Iterator[str]:
    """Yield a sentence about each fault."""
    declared = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = declared.get("optional-dependencies", {})
    direct = [*declared["dependencies"], *optional.get("scripts", [])]
    for lock, wanted in zip(PYTHON_LOCKS, (direct, [*direct, *optional.get("dev", [])]), strict=True):
        pins = [_pin(entry) for entry in entries((root / lock).read_text(encoding="utf-8"))]
        for fault in (*check_pins(pins), *check_direct(pins, wanted), *check_installed(pins)):
            yield f"{lock}: {fault}"
    for path in sorted(path for pattern in NODE_LOCKS for path in root.glob(pattern)):
        for fault in check_node(json.loads(path.read_text(encoding="utf-8"))):
            yield f"{path.relative_to(root)}: {fault}"


def entries(text: str) -> Iterator[str]:
    """Yield the entries of a lock, each on one line."""
    joined = re.sub(r"\\\n\s*", " ", text)
    yield from (line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#"))


def check_pins(pins: list[Pin | str]) -> Iterator[str]:
    """Whether each entry allows one version and names it by its hashes."""
    for pin in pins:
        if isinstance(pin, str):
            yield f"{pin!r} is no package with a version"
        elif pin.requirement.url or not pin.version:
            yield f"{pin.name} is not pinned to one version"
        elif not pin.hashes:
            yield f"{pin.name} has no hash"


def check_direct(pins: list[Pin | str], wanted: Sequence[str]) -> Iterator[str]:
    """Whether what pyproject.toml asks for is there, in a version that it allows."""
    locked = {pin.name: pin.version for pin in pins if isinstance(pin, Pin)}
    for requirement in map(Requirement, wanted):
        version = locked.get(canonicalize_name(requirement.name))
        if version is None:
            yield f"{requirement.name} of pyproject.toml is missing"
        elif not requirement.specifier.contains(version, prereleases=True):
            yield f"{requirement.name} {version} is not what pyproject.toml allows"


def check_installed(pins: list[Pin | str]) -> Iterator[str]:
    """Whether the versions of this environment are those of the lock."""
    for pin in pins:
        if isinstance(pin, str) or not pin.applies():
            continue
        try:
            found = metadata.version(pin.name)
        except metadata.PackageNotFoundError:
            yield f"{pin.name} is not installed"
            continue
        if found != pin.version:
            yield f"{pin.name} is installed in version {found} instead of {pin.version}"


def check_node(lock: dict[str, Any]) -> Iterator[str]:
    """Whether each package of an npm lock is named by its hash."""
    for name, package in lock["packages"].items():
        if name and not package.get("link") and not str(package.get("integrity", "")).startswith("sha512-"):
            yield f"{name} has no sha512 hash"


def _pin(entry: str) -> Pin | str:
    named = entry.partition(" --hash=")[0].strip()
    try:
        return Pin(Requirement(named), len(_HASH.findall(entry)))
    except InvalidRequirement:
        return named


if __name__ == "__main__":
    sys.exit(main())
