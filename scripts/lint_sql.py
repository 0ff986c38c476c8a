"""Two rules for migrations that no linter knows: none changes a whole table's rows, none makes writers fail.

    python -m scripts.lint_sql supabase/migrations/*.sql supabase/legacy/*.sql

A statement over a table of millions rewrites it under locks, inside one transaction; that is a script's work, in
batches (scripts/backfill.py). What runs later does not count: bodies of functions, and triggers.

A file of the main line that changes one of the two tables that everybody writes, its policies or its triggers, first
sets lock_timeout below deadlock_timeout: in a deadlock it is the migration that gives way, never a writer. The files of
the first day make the tables, and nobody writes there yet. Exit codes: 0 nothing found, 1 found, 2 wrong use.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

if __package__ in {None, ""}:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts.migrations.statements import Statement, split

# Parts of a statement that say nothing about what it does now.
_NOISE = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"", re.DOTALL)
_LATER = re.compile(r"\s*create\s+(or\s+replace\s+)?(function|procedure|trigger|rule|policy|view)\b", re.IGNORECASE)
_ROUTINE = re.compile(r"\s*create\s+(or\s+replace\s+)?(function|procedure)\b", re.IGNORECASE)
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_DO = re.compile(r"\s*do\b.*?\$(\w*)\$(.*)\$\1\$", re.IGNORECASE | re.DOTALL)
# Not `on update`, `for update`, `before update`, `grant update`, `do update`.
_CHANGES = re.compile(
    r"(?<![\w.])(?:(?P<update>update)\s+(?:only\s+)?[\w.%]+.*?\bset\b|(?P<delete>delete)\s+from\s+|(?P<truncate>truncate)\b)",
    re.IGNORECASE | re.DOTALL,
)
_NOT_A_CHANGE = re.compile(r"(on|for|before|after|or|grant|revoke|do|key|,)\s*$", re.IGNORECASE)


_LOCKS = re.compile(
    r"\balter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?{tables}"
    r"|\b(?:create|drop|alter)\s+(?:or\s+replace\s+)?(?:constraint\s+)?(?:policy|trigger)\b[^;]*?\bon\s+{tables}".replace(
        "{tables}", r"(?:public\.)?chat_(?:messages|conversations)\b"
    ),
    re.IGNORECASE,
)
_GIVES_WAY = re.compile(r"\s*set\s+local\s+lock_timeout\s*=\s*'500ms'\s*$", re.IGNORECASE)
_MAIN_LINE = re.compile(r"(?P<day>\d{8})\d{6}_\w+\.sql")
_FIRST_DAY = "20261126"


def stands_in_line(file: Path) -> bool:
    """Say whether the second rule holds for a file."""
    name = _MAIN_LINE.fullmatch(file.name)
    return file.parent.name == "migrations" and name is not None and name["day"] > _FIRST_DAY


def long_waits(text: str) -> Iterator[int]:
    """Yield the line of every statement that locks one of the two tables before lock_timeout is set."""
    for statement in split(text):
        if _GIVES_WAY.match(_COMMENT.sub(" ", statement.text)):
            return
        body = statement.text
        if block := _DO.match(body):
            body = block.group(2)
        elif _ROUTINE.match(_NOISE.sub(" ", body)):
            continue
        if _LOCKS.search(_NOISE.sub(" ", body)):
            yield statement.line


def faults(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the word of every statement that changes rows of a table that it did not make."""
    for statement in split(text):
        for word in _words(statement):
            yield statement.line, word


def _words(statement: Statement) -> Iterator[str]:
    body = statement.text
    if _LATER.match(_NOISE.sub(" ", body)):
        return
    if block := _DO.match(body):
        body = block.group(2)
    bare = _NOISE.sub(" ", body)
    for change in _CHANGES.finditer(bare):
        if not _NOT_A_CHANGE.search(bare[: change.start()]):
            yield next(word.lower() for word in change.groups() if word)


def main(arguments: Sequence[str] | None = None) -> int:
    """Look at the files named and return the exit code."""
    files = [Path(name) for name in (sys.argv[1:] if arguments is None else arguments)]
    if not files:
        print("lint_sql: name the files to look at.", file=sys.stderr)
        return 2
    found = 0
    for file in files:
        text = file.read_text(encoding="utf-8")
        for line in long_waits(text) if stands_in_line(file) else ():
            found += 1
            print(f"{file}:{line}: begin with: set local lock_timeout = '500ms'; (below deadlock_timeout).")
        for line, word in faults(text):
            found += 1
            print(f"{file}:{line}: {word} of a table's rows in a migration: let a script do it in batches.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
