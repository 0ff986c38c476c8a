"""The tables of the last benchmark, inside the document about it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
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

MACHINE = {
    "cpu": "A processor", "cores": 2, "memory_gib": 8.0, "system": "Linux x86_64", "python": "3.11.7",
    "postgres": "18.6", "node": "v20.20.2", "load_before": 0.4, "load_after": 0.9,
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


@pytest.mark.parametrize(
    ("sections", "told"),
    [(SECTIONS, "The last result: A processor"), (("own", "jobs"), "The last result (of own, jobs): A processor")],
    ids=["all", "some"],
)
def test_the_load_is_told_of_what_was_measured_at_it(tmp_path: Path, sections: tuple[str, ...], told: str) -> None:
    path = tmp_path / "performance.md"
    path.write_text("<!-- bench: machine -->\n<!-- end -->\n", encoding="utf-8")
    update(path, {"machine": {**MACHINE, "sections": list(sections)}}, [])
    assert told in path.read_text(encoding="utf-8")


def test_the_document_has_a_place_for_every_section() -> None:
    marked = re.findall(r"<!-- bench: (\w+) -->", DOCUMENT.read_text(encoding="utf-8"))
    assert sorted(marked) == sorted([*SECTIONS, "targets", "machine"])
