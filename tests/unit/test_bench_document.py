"""The tables of the last benchmark, inside the document about it."""

from __future__ import annotations

import re
from pathlib import Path

from rich.table import Table

from scripts.bench.document import markdown, update
from scripts.bench.options import SECTIONS
from scripts.bench.targets import Target
from scripts.local.paths import ROOT

DOCUMENT = ROOT / "docs" / "performance.md"
OWN = {
    "own_wall_ms": 2.0, "own_cpu_ms": 2.5, "warm_cpu_ms": 0.9, "member_client_ms": 0.006,
    "top": [{"what": "Flask | or so", "cpu_ms": 0.5, "share": 0.2}],
}  # fmt: skip


def test_a_table_becomes_markdown_and_what_is_missed_stands_out() -> None:
    table = Table("figure", title="not told")
    table.add_column("value", justify="right")
    table.add_row("a|b", "[red]missed[/]")
    assert markdown(table) == "| figure | value |\n| --- | ---: |\n| a\\|b | **missed** |\n"


def test_only_what_was_measured_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "performance.md"
    marks = "".join(f"# {name}\n<!-- bench: {name} -->\nold {name}\n<!-- end -->\nprose\n" for name in ("own", "turn"))
    path.write_text(marks + "<!-- bench: targets -->\n<!-- end -->\n", encoding="utf-8")
    for _ in range(2):
        update(path, {"own": OWN}, [Target("own", 2.5, 1.5)])
    text = path.read_text(encoding="utf-8")
    assert "old turn" in text
    assert "old own" not in text
    assert text.count("| CPU, at the real pace | 2.50 |") == 1
    assert "| own | 2.50 | at most 1.50 | **missed** |" in text
    assert text.count("prose") == 2


def test_the_document_has_a_place_for_every_section() -> None:
    marked = re.findall(r"<!-- bench: (\w+) -->", DOCUMENT.read_text(encoding="utf-8"))
    assert sorted(marked) == sorted([*SECTIONS, "targets", "machine"])
