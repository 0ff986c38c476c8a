"""What the operators' screen keeps of a conversation, by the modules that it runs; needs Node.js."""

from __future__ import annotations

import shutil
import subprocess


def test_the_stores_of_a_conversation_keep_what_they_promise() -> None:
    node = shutil.which("node")
    assert node is not None
    done = subprocess.run(
        [node, "--test", "--test-timeout=300000", "--test-reporter=tap", "tests/js/inbox.test.mjs"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
