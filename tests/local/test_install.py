"""What is said when packages cannot be had: one sentence, from the real package managers."""

import os
import subprocess
import sys
from pathlib import Path

from scripts.local.paths import GATEWAY, ROOT

INSTALL = ROOT / "scripts" / "install.sh"
NOBODY = "http://127.0.0.1:9/"
SENTENCE = "The packages cannot be fetched: their registry cannot be reached."


def install(*command: str, **names: str) -> subprocess.CompletedProcess[str]:
    """Run a command through the script, with names in its environment."""
    return subprocess.run(
        [str(INSTALL), *command], env={**os.environ, **names}, capture_output=True, text=True, check=False, timeout=900
    )


def make_packages(programs: Path) -> subprocess.CompletedProcess[str]:
    """Have the Makefile install Node packages, with programs that come before this machine's."""
    return subprocess.run(
        ["make", "--no-print-directory", "-B", "scripts/drawing/node_modules/.installed"],
        cwd=ROOT,
        env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_pip_without_a_network(tmp_path: Path) -> None:
    done = install(
        sys.executable, "-m", "pip", "install", "--quiet", "--isolated", "--retries=1", f"--index-url={NOBODY}",
        "--no-cache-dir", f"--target={tmp_path}", "munui-needs-this",
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith(SENTENCE)
    assert done.stderr.count("\n") == 1


def test_npm_without_a_network(tmp_path: Path) -> None:
    for name in ("package.json", "package-lock.json", ".npmrc"):
        (tmp_path / name).write_bytes((GATEWAY / name).read_bytes())
    done = install(
        "npm", "ci", f"--prefix={tmp_path}", "--ignore-scripts", f"--cache={tmp_path / 'cache'}", "--fetch-retries=0",
        npm_config_registry=NOBODY,
    )  # fmt: skip
    assert done.returncode != 0
    assert done.stderr.startswith(SENTENCE)
    assert done.stderr.count("\n") == 1


def test_another_failure_is_told_as_it_is(tmp_path: Path) -> None:
    done = install("sh", "-c", "echo broken lock; exit 7")
    assert (done.returncode, done.stderr) == (7, "broken lock\n")


def test_success_is_quiet() -> None:
    done = install("sh", "-c", "echo much")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_an_old_node_is_one_sentence(tmp_path: Path) -> None:
    """The Makefile's own rule, with a Node that says it is 18."""
    old = tmp_path / "node"
    old.write_text(
        '#!/bin/sh\ncase "$1" in --version) echo v18.20.8;; -e) exit 1;; esac\n',
        encoding="ascii",
    )
    old.chmod(0o755)
    done = make_packages(tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("Node.js v18.20.8 is too old: install version 20 or newer.\n")


def test_this_node_is_new_enough(tmp_path: Path) -> None:
    """The same rule with the Node that runs here; only npm is kept from doing anything."""
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\n", encoding="ascii")
    npm.chmod(0o755)
    done = make_packages(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
