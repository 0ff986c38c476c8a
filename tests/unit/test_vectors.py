"""The browser's engine says what ours says, at every step and event of two flows: Node runs the page's module."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tests.vectors.generate import main as generate

ROOT = Path(__file__).parents[2]


def test_the_browser_agrees_on_every_vector(tmp_path: Path) -> None:
    generate(str(tmp_path))
    node = shutil.which("node")
    assert node is not None, "Node 20 or newer is missing"
    run = subprocess.run(
        [node, "--test", "--test-reporter=tap", "tests/js/vectors.test.mjs"],
        cwd=ROOT,
        env={**os.environ, "MUNUI_VECTORS": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
