"""Legacy schemas as live sites have them: for `legacy_sample.py --shape`, rehearsals and tests.

Each file's SQL is run after the baseline's. Its first lines say how it ends: `stops` names what the preflight must name
as being in the way of the first step (a shape without one is carried), `before contract` what it must name as being in
the way of the contract step, `rows` that the sample's rows do not fit in. Does not belong here: how rows are made.
"""

import re
from dataclasses import dataclass
from pathlib import Path

_NOTE = re.compile(r"^-- (about|stops|before contract|rows): (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Shape:
    """A live schema."""

    name: str
    about: str
    sql: str
    stops: tuple[str, ...]
    before_contract: tuple[str, ...]
    takes_rows: bool


def _read(file: Path) -> Shape:
    text = file.read_text(encoding="utf-8")
    notes = _NOTE.findall(text)

    def of(what: str) -> tuple[str, ...]:
        return tuple(words for kind, words in notes if kind == what)

    return Shape(file.stem, of("about")[0], text, of("stops"), of("before contract"), not of("rows"))


SHAPES = {file.stem: _read(file) for file in sorted(Path(__file__).parent.glob("*.sql"))}
CARRIED = {name: shape for name, shape in SHAPES.items() if not shape.stops}
REFUSED = {name: shape for name, shape in SHAPES.items() if shape.stops}
