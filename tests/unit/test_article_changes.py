"""What is otherwise between two versions of an article, by the module of the operators' screen; needs Node.js."""

from __future__ import annotations

import shutil
import subprocess


def test_what_changed_is_what_is_otherwise() -> None:
    node = shutil.which("node")
    assert node is not None
    done = subprocess.run(
        [node, "--test", "--test-reporter=tap", "tests/js/diff.test.mjs"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
