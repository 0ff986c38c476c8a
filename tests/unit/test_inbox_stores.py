"""What the operators' screen keeps of conversations and lists, by the modules that it runs; needs Node.js."""

from __future__ import annotations

import shutil
import subprocess

import pytest


@pytest.mark.parametrize("subject", ["inbox", "inbox-conversation", "inbox-list"])
def test_the_stores_of_the_inbox_keep_what_they_promise(subject: str) -> None:
    node = shutil.which("node")
    assert node is not None
    done = subprocess.run(
        [node, "--test", "--test-timeout=300000", "--test-reporter=tap", f"tests/js/{subject}.test.mjs"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
