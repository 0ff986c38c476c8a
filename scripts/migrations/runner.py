"""The run: what a line of migrations has to apply, in order, by one runner at a time.

The main line is `supabase/migrations`. The legacy line leads a database of before to the same state; it has a history
of its own and keeps the main line's beside it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from psycopg import Connection

from scripts.legacy import gate
from scripts.migrations import footing
from scripts.migrations.apply import USUAL, Patience, Report, apply
from scripts.migrations.errors import UsageError
from scripts.migrations.files import Migration, read_folder
from scripts.migrations.history import LEGACY, MAIN, History, pending
from scripts.migrations.session import alone, connect


def _silent(_: str) -> None:
    pass


@dataclass(frozen=True)
class Line:
    """A folder's migrations, and where it is written which of them were applied."""

    folder: Path
    history: History

    def pending(self, connection: Connection[Any], to: str | None = None) -> list[Migration]:
        """Return what is to be applied, up to and with version `to`. Raises as `history.pending` does."""
        waiting = pending(self.history.read(connection), read_folder(self.folder))
        return [migration for migration in waiting if to is None or migration.version <= to]

    def stand(self, connection: Connection[Any], at: str) -> None:
        """Write that everything up to and with version `at` was applied, within the caller's transaction."""
        self.history.make(connection)
        for migration in self.pending(connection, at):
            self.history.record(connection, migration)


@dataclass(frozen=True)
class Step:
    """A file that is to be applied, and the line to whose history it belongs."""

    migration: Migration
    line: Line


def migrate(
    url: str,
    folder: Path,
    *,
    legacy_of: Path | None = None,
    to: str | None = None,
    dry_run: bool = False,
    accepted: Iterable[str] = (),
    patience: Patience = USUAL,
    report: Report = _silent,
) -> list[Migration]:
    """Apply the pending migrations of `folder`, up to and with version `to`, and return them.

    With `legacy_of`, the folder of a main line, `folder` is the legacy line that leads there; what the main line has to
    apply on the way is among what is returned. It begins with a look at what stands in its way, where `accepted` names
    what need not go. With `dry_run` they are only returned. Raises UsageError for a wrong URL or version,
    MigrationError where one fails: it is rolled back then, and those before it stay.
    """
    if to is not None and to not in {migration.version for migration in read_folder(folder)}:
        raise UsageError(f"There is no migration with the version {to}.")
    main = Line(legacy_of or folder, MAIN)
    line = Line(folder, LEGACY) if legacy_of else main
    with connect(url) as connection:
        if line is not main:
            footing.check_legacy(connection, read_folder(main.folder))
        if dry_run:
            return [step.migration for step in _steps(connection, line, main, to)]
        with alone(connection, patience, report):
            if line is not main:
                # Before anything is made, a history included.
                gate.check(connection, line.folder, main.folder, line.pending(connection, to), accepted)
            line.history.make(connection)
            done = []
            for step in _steps(connection, line, main, to):
                step.line.history.make(connection)
                apply(connection, step.migration, partial(_record, step=step, main=main), patience, report)
                done.append(step.migration)
            line.history.adopt(connection, read_folder(folder))
            return done


def status(url: str, folder: Path, history: History = MAIN) -> list[tuple[str, str, bool]]:
    """Return (version, name, applied) of every migration that a file or the history knows. Read-only."""
    files = read_folder(folder)
    with connect(url) as connection:
        applied = history.read(connection)
    names = {migration.version: migration.name for migration in files}
    names.update({row.version: row.name for row in applied if row.version not in names})
    done = {row.version for row in applied}
    return [(version, names[version], version in done) for version in sorted(names)]


def _steps(connection: Connection[Any], line: Line, main: Line, to: str | None) -> Iterator[Step]:
    """Yield what is to be applied. A line is asked when it is its turn: the steps before may have changed it."""
    stood = ""
    if line is main and footing.check_main(connection):
        script = footing.adoption()
        stood = script.stands_for or ""
        yield Step(script, main)
        # Not asked of the history: in a dry run it is still the old one.
        later = [migration for migration in read_folder(main.folder) if migration.version > stood]
        yield from (Step(migration, main) for migration in later if to is None or migration.version <= to)
        return
    for migration in line.pending(connection, to):
        if migration.needs_main_line:
            yield from (Step(later, main) for later in main.pending(connection) if later.version > stood)
        stood = max(stood, migration.stands_for or "")
        yield Step(migration, line)


def _record(connection: Connection[Any], step: Step, main: Line) -> None:
    if not step.migration.version:
        footing.forget(connection)
    else:
        step.line.history.record(connection, step.migration)
    if step.migration.stands_for:
        main.stand(connection, step.migration.stands_for)
