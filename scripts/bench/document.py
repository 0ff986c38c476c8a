"""The last result inside `docs/performance.md`, between marks: its tables say what the run said.

Belongs here: putting tables where the marks are. Does not belong here: what they mean, which the document says itself.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from scripts.bench.options import SECTIONS
from scripts.bench.report import tables
from scripts.bench.targets import Target

_MARKED = re.compile(r"(<!-- bench: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def update(path: Path, result: dict[str, Any], reached: list[Target]) -> None:
    """Write the tables of `result` between the marks of a document; what was not measured stays as it was."""
    told = tables(result, reached)
    text = path.read_text(encoding="utf-8")

    def fill(found: re.Match[str]) -> str:
        begin, section, end = found.groups()
        if section == "machine":
            return f"{begin}{_machine(result['machine'])}\n{end}"
        if section not in told:
            return found[0]
        return begin + "\n".join(markdown(table) for table in told[section]) + end

    path.write_text(_MARKED.sub(fill, text), encoding="utf-8")


def markdown(table: Table) -> str:
    """A table of the terminal as Markdown; what is missed stands out."""
    rows = zip(*([_plain(str(cell)) for cell in column.cells] for column in table.columns), strict=True)
    heads = [_plain(str(column.header)) for column in table.columns]
    sides = ["---" if column.justify == "left" else "---:" for column in table.columns]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (heads, sides, *rows))


def _plain(cell: str) -> str:
    plain = Text.from_markup(cell).plain.strip().replace("|", "\\|")
    return f"**{plain}**" if plain == "missed" else plain


def _machine(machine: dict[str, Any]) -> str:
    hardware = f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB, {machine['system']}"
    software = f"Python {machine['python']}, PostgreSQL {machine['postgres']}, Node {machine['node']}"
    load = f"load {machine['load_before']} before, {machine.get('load_after', '?')} after"
    # What a run left out stays as an earlier one told it, at another load.
    of = "" if len(machine["sections"]) == len(SECTIONS) else f" (of {', '.join(machine['sections'])})"
    return f"The last result{of}: {hardware}; {software}; {load}."
