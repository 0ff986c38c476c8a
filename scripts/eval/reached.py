"""What was reached when `make eval` was last run: what the document tells, and what a test holds."""

from __future__ import annotations

import json
from collections.abc import Mapping

from scripts.eval.figures import Figures
from scripts.local.paths import ROOT

REACHED = ROOT / "scripts" / "eval" / "reached.json"


def write(figures: Mapping[str, Figures]) -> None:
    """Keep the figures of each way of finding."""
    kept = {way: figure.as_json() for way, figure in figures.items()}
    REACHED.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
