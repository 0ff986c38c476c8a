"""Times in another time zone, by the module that the operators' screen runs; needs Node.js, as the other parts do."""

from __future__ import annotations

import shutil
import subprocess


def test_a_clock_elsewhere_is_a_moment_and_back() -> None:
    node = shutil.which("node")
    assert node is not None
    done = subprocess.run(
        [node, "--test", "--test-reporter=tap", "tests/js/zone.test.mjs"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
