"""What the operators' screen loads on demand: under names that nothing else ever answers."""

from __future__ import annotations

import re
from pathlib import Path

from scripts import bundling
from service.site.built import FOLDER, Built


def test_a_page_knows_what_its_script_loads_and_a_chunk_has_no_successor() -> None:
    bundling.make()
    built = Built.load()
    script = built.read(built.name("inbox.js")).decode()
    # Everything that is loaded at once is known beforehand, and everything that is loaded on demand is there.
    at_once = set(re.findall(r'from"\./([\w-]+\.js)"|import"\./([\w-]+\.js)"', script))
    assert {one or other for one, other in at_once} == set(built.parts("inbox.js"))
    on_demand = re.findall(r'import\("\./([\w-]+\.js)"\)', script)
    assert on_demand
    for name in (*on_demand, *built.parts("inbox.js")):
        assert built.present(name) == name
        assert (Path(FOLDER) / f"{name}.br").is_file()
        # Another build's would bring another state with it: better none, and the page says that it is old.
        assert built.present(re.sub(r"-[0-9A-Z]{8}", "-AAAAAAAA", name)) is None
