"""Finds keys and passwords in files that are in the repository or would be with the next `git add`.

Belongs here: the forms of secrets that this product meets. Does not belong here: guessing by randomness, which cries
wolf at every hash. A finding names its place and kind and never shows the secret. Exit codes: 0 none, 1 found,
2 wrong use.
"""

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePath
from typing import NamedTuple
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parents[1]
_LARGEST = 5_000_000


class Finding(NamedTuple):
    """A place that holds what looks like a secret."""

    path: str
    line: int
    kind: str


KINDS: dict[str, re.Pattern[str]] = {
    "a secret key of Supabase": re.compile(r"\bsb_secret_[A-Za-z0-9_-]{16,}"),
    "a token (JWT)": re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}"),
    "a private key": re.compile(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"),
    "a secret setting": re.compile(
        r"^\s*(?:export\s+)?(?:SUPABASE_JWT_SECRET|SUPABASE_SECRET_KEY|SESSION_KEY|METRICS_TOKEN)\s*=\s*[\"']?"
        r"[A-Za-z0-9+/=_,.-]{16,}"
    ),
    "a token of a forge or cloud": re.compile(
        r"\b(?:gh[opsu]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,}|glpat-[A-Za-z0-9_-]{20,}"
        r"|sbp_[a-f0-9]{30,}|AKIA[A-Z0-9]{16})\b"
    ),
}
_URL = re.compile(r"\bpostgres(?:ql)?://[^\s:/@\"'`]+:(?P<password>[^\s@/\"'`]+)@[^\s\"'`]+")
_URL_KIND = "a database URL with a password"
# What people write where a password would stand.
_PLACEHOLDERS = frozenset({"password", "postgres", "secret", "hidden", "…", "...", "***", "your-password", "pw", "x"})
_TEMPLATE = re.compile(r"[{}$<>\[\]]|%[s(]")
_NAMES = re.compile(r"^(?:\.env(?!\.example$)(?:\..+)?|.+\.(?:pem|p12|pfx|key|keystore)|id_(?:rsa|ed25519|ecdsa))$")


def main(arguments: Sequence[str] | None = None) -> int:
    """Look through the repository; return the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    if given:
        print("secret_check: it takes no arguments", file=sys.stderr)
        return 2
    try:
        names = _names(ROOT)
    except (OSError, subprocess.CalledProcessError):
        print("secret_check: git cannot list the files here", file=sys.stderr)
        return 2
    findings = list(look(ROOT, names))
    for path, line, kind in findings:
        print(f"{path}:{line}: {kind}")
    print(f"{len(names)} files, {len(findings)} secrets.")
    return 1 if findings else 0


def look(root: Path, names: Iterable[str]) -> Iterator[Finding]:
    """Yield what is found in the files `names` below `root`."""
    for name in names:
        path = root / name
        if _NAMES.match(PurePath(name).name):
            yield Finding(name, 0, "a file that is meant to hold secrets")
        if path.is_file() and not path.is_symlink() and path.stat().st_size <= _LARGEST:
            text = path.read_text(encoding="utf-8", errors="replace")
            yield from (Finding(name, line, kind) for line, kind in look_at(text))


def look_at(text: str) -> Iterator[tuple[int, str]]:
    """Yield line numbers and kinds of what looks like a secret."""
    for number, line in enumerate(text.splitlines(), 1):
        for kind, pattern in KINDS.items():
            if pattern.search(line):
                yield number, kind
        if any(_is_password(match["password"]) for match in _URL.finditer(line)):
            yield number, _URL_KIND


def _is_password(text: str) -> bool:
    return unquote(text).lower() not in _PLACEHOLDERS and not _TEMPLATE.search(text)


def _names(root: Path) -> list[str]:
    """The files that git has, and those that it does not ignore."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, check=True, capture_output=True).stdout.decode()
    return sorted({name for name in listed.split("\0") if name})


if __name__ == "__main__":
    sys.exit(main())
