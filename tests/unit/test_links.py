"""Addresses in Korean text, by the module that the browser runs; needs Node.js, as the other parts do."""

from __future__ import annotations

import shutil
import subprocess


def test_a_link_ends_where_the_address_ends() -> None:
    node = shutil.which("node")
    assert node is not None
    done = subprocess.run(
        [node, "--test", "--test-reporter=tap", "tests/js/links.test.mjs"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
