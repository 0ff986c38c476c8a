"""The two stores of the browser, in Node.js against the real service."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from scripts.local.app_server import AppServer
from tests.stack import Member

STORES = Path(__file__).parents[1] / "js" / "stores.test.mjs"


def test_both_stores_tell_the_same_story(server: AppServer, member: Member) -> None:
    done = subprocess.run(
        ["node", "--test", str(STORES)],
        env={**os.environ, "MUNUI_URL": server.url, "MUNUI_TOKEN": member.access_token},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
