"""The migration files of a folder: their names, order, statements and checksums. No database."""

import hashlib
import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from scripts.migrations.errors import MigrationError
from scripts.migrations.statements import Statement, split

# The official CLI's own pattern; what does not fit it is not a migration.
_NAME = re.compile(r"([0-9]+)_(.*)\.sql")


@dataclass(frozen=True)
class Migration:
    """One file."""

    version: str
    name: str
    path: Path
    checksum: str
    statements: tuple[Statement, ...]

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
    found = [_read(path, match) for path in folder.iterdir() if (match := _NAME.fullmatch(path.name))]
    # Versions are compared as text, by the CLI and in the history alike.
    found.sort(key=lambda migration: migration.version)
    for one, other in pairwise(found):
        if one.version == other.version:
            raise MigrationError(f"{one.file} and {other.file} have the same version {one.version}.")
    return found


def _read(path: Path, match: re.Match[str]) -> Migration:
    text = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    statements = tuple(split(text))
    for statement in statements:
        if statement.controls_transaction:
            raise MigrationError(
                f"{path.name}, line {statement.line}: a file is one transaction already and may not begin or end one."
            )
    checksum = hashlib.sha256(text.encode()).hexdigest()
    return Migration(match.group(1), match.group(2), path, checksum, statements)
