"""What a machine must have before the stack starts; each missing thing is one sentence."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from scripts.local.errors import StackError
from scripts.local.files import private_folder
from scripts.local.paths import GATEWAY

NODE_AT_LEAST = 20
DISK_AT_LEAST_MB = 300


def check(root: Path) -> None:
    """Raise StackError with the first thing that is missing for a stack whose data lie under `root`."""
    _check_node()
    _check_gateway()
    private_folder(root)
    _check_owner(root)
    _check_disk(root)


def _check_node() -> None:
    node = shutil.which("node")
    if node is None:
        raise StackError(f"Node.js is missing: install version {NODE_AT_LEAST} or newer and run this again.")
    printed = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    found = re.match(r"v(\d+)\.", printed)
    if found is None or int(found.group(1)) < NODE_AT_LEAST:
        raise StackError(
            f"Node.js {printed or 'of an unknown version'} is too old: {NODE_AT_LEAST} or newer is needed."
        )


def _check_gateway() -> None:
    if not (GATEWAY / "node_modules" / "@supabase" / "lite").is_dir():
        raise StackError("The gateway's packages are not installed: run `make install` first.")


def _check_owner(root: Path) -> None:
    owner = root.stat().st_uid
    if owner != os.geteuid() or not os.access(root, os.W_OK):
        raise StackError(f"{root} belongs to another user (uid {owner}): run this as that user, or remove it first.")


def _check_disk(root: Path) -> None:
    free = shutil.disk_usage(root).free // (1024 * 1024)
    if free < DISK_AT_LEAST_MB:
        raise StackError(f"The disk under {root} is full: {free} MB are free, {DISK_AT_LEAST_MB} MB are needed.")
