"""The migration files of a folder: their names, order, statements and checksums. No database.

A file of the legacy line may hold three notes for our own runner, each a comment on a line of its own:

    -- include: ../migrations/20261126000200_flows.sql    the statements of these files (a pattern) stand here
    -- stands for: 20261126001200                         with this file the main line is applied up to this version
    -- needs: the main line                               what the main line has to apply is applied before this file
"""

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from scripts.migrations.errors import MigrationError
from scripts.migrations.statements import Statement, split

# The official CLI's own pattern; what does not fit it is not a migration.
_NAME = re.compile(r"([0-9]+)_(.*)\.sql")
_INCLUDE = re.compile(r"^-- include: (\S+)$", re.MULTILINE)
_STANDS_FOR = re.compile(r"^-- stands for: ([0-9]+)$", re.MULTILINE)
_NEEDS = re.compile(r"^-- needs: the main line$", re.MULTILINE)


@dataclass(frozen=True)
class Migration:
    """One file."""

    version: str
    name: str
    path: Path
    checksum: str
    statements: tuple[Statement, ...]
    stands_for: str | None = None
    needs_main_line: bool = False

    @property
    def file(self) -> str:
        """The file's name, by which a person knows it."""
        return self.path.name


def read_folder(folder: Path) -> list[Migration]:
    """Return the folder's migrations in their order.

    Raises MigrationError where there is no such folder, two files share a version, or one ends the runner's
    transaction itself.
    """
    if not folder.is_dir():
        raise MigrationError(f"There is no folder {folder}.")
    found = [_read(path, *match.groups()) for path in folder.iterdir() if (match := _NAME.fullmatch(path.name))]
    # Versions are compared as text, by the CLI and in the history alike.
    found.sort(key=lambda migration: migration.version)
    for one, other in pairwise(found):
        if one.version == other.version:
            raise MigrationError(f"{one.file} and {other.file} have the same version {one.version}.")
    return found


def read_script(path: Path) -> Migration:
    """Return a file that is applied like a migration and is none: it has no version, and no history knows it."""
    return _read(path, "", path.stem)


def _read(path: Path, version: str, name: str) -> Migration:
    text = _text(path)
    stands_for = _STANDS_FOR.search(text)
    statements = _statements(_INCLUDE.sub(lambda note: _included(path, note.group(1)), text))
    for statement in statements:
        if statement.controls_transaction:
            raise MigrationError(
                f"{path.name}, line {statement.line}: a file is one transaction already and may not begin or end one."
            )
    checksum = hashlib.sha256(text.encode()).hexdigest()
    return Migration(
        version,
        name,
        path,
        checksum,
        statements,
        stands_for=stands_for and stands_for.group(1),
        needs_main_line=_NEEDS.search(text) is not None,
    )


@lru_cache(maxsize=1024)
def _statements(text: str) -> tuple[Statement, ...]:
    """The statements of a file, which several looks in one run ask for."""
    return tuple(split(text))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")


def _included(path: Path, pattern: str) -> str:
    files = sorted((path.parent / pattern).parent.glob(Path(pattern).name))
    if not files:
        raise MigrationError(f"{path.name} includes {pattern}, but there is no such file.")
    return "\n".join(map(_text, files))
