"""What the browser makes of answers in any order, by the module that it runs; needs Node.js, as the other parts do."""

from __future__ import annotations

import shutil
import subprocess


def test_in_whatever_order_answers_come_the_end_is_the_same() -> None:
    node = shutil.which("node")
    assert node is not None
    done = subprocess.run(
        [node, "--test", "--test-reporter=tap", "tests/js/changes.test.mjs"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
