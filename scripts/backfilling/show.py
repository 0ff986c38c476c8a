"""What a person sees while it runs: a bar on a terminal, plain lines elsewhere, JSON lines for machines.

Progress goes to stderr; stdout belongs to the result.
"""

import json
import sys
import time

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

_EVERY_SECONDS = 5.0


class Show:
    """Says how far it is. `machine` makes each line a JSON object."""

    def __init__(self, *, machine: bool) -> None:
        self._machine = machine
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._name = ""
        self._total = 0
        self._done = 0
        self._began = 0.0
        self._said = 0.0

    def begin(self, name: str, total: int) -> None:
        """Begin a step of `total` rows."""
        self._name, self._total, self._done = name, total, 0
        self._began = self._said = time.monotonic()
        if sys.stderr.isatty() and not self._machine:
            self._progress = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[rate]} rows/s, batch {task.fields[batch]}"),
                TimeRemainingColumn(),
                console=Console(stderr=True),
            )
            self._progress.start()
            self._task = self._progress.add_task(name, total=total or None, rate="0", batch="-")

    def advance(self, rows: int, batch_rows: int) -> None:
        """Say that a batch is committed."""
        self._done += rows
        seconds = max(time.monotonic() - self._began, 0.001)
        rate = self._done / seconds
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=self._done, rate=f"{rate:,.0f}", batch=f"{batch_rows:,}")
        elif time.monotonic() - self._said >= _EVERY_SECONDS:
            self._said = time.monotonic()
            left = max(self._total - self._done, 0) / max(rate, 0.001)
            self._line(
                f"{self._name}: {self._done:,} of {self._total:,} rows, {rate:,.0f} rows/s, {left:,.0f} s left",
                {"event": "progress", "step": self._name, "rows": self._done, "total": self._total,
                 "rows_per_second": round(rate), "eta_seconds": round(left), "batch_rows": batch_rows},
            )  # fmt: skip

    def say(self, sentence: str, *, quiet: bool = False) -> None:
        """Say something else. `quiet`: only where there is a log."""
        if self._progress is not None:
            if not quiet:
                self._progress.console.print(sentence, highlight=False)
        else:
            self._line(sentence, {"event": "note", "text": sentence})

    def end(self) -> None:
        """Take the bar away."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None

    def _line(self, sentence: str, fields: dict[str, object]) -> None:
        line = json.dumps(fields, ensure_ascii=False) if self._machine else sentence
        print(line, file=sys.stderr, flush=True)
