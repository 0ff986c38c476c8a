"""The command for editors of flows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scripts.drawing.dot import to_dot
from scripts.flow import main
from scripts.local.paths import ROOT
from service.dialogue.flows.loader import load_flow
from tests.unit.test_flow_loader import BROKEN


def test_a_right_flow_is_said_to_be_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert load_flow().version in capsys.readouterr().out


def test_a_broken_flow_is_told_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text(BROKEN, encoding="utf-8")
    assert main(["check", str(broken)]) == 1
    assert capsys.readouterr().err.count("\n  line ") >= 12


def test_a_missing_file_is_wrong_use(tmp_path: Path) -> None:
    assert main(["check", str(tmp_path / "none.yaml")]) == 2


def test_the_picture_shows_every_step_and_chip(tmp_path: Path) -> None:
    picture = tmp_path / "flow.svg"
    assert main(["show", "--output", str(picture)]) == 0
    drawn = picture.read_text(encoding="utf-8")
    assert "<svg" in drawn
    flow = load_flow()
    for name, step in flow.steps.items():
        assert name.upper() in drawn
        assert all(chip.label["ko"] in drawn for line in step.say for chip in line.chips)


def test_the_picture_speaks_both_languages() -> None:
    assert "괜찮아요" in to_dot(load_flow(), "ko")
    assert "No, thank you" in to_dot(load_flow(), "en")


@pytest.mark.parametrize("command", [["scripts/flow.py"], ["-m", "scripts.flow"]])
def test_a_python_without_the_packages_is_told_in_a_sentence(command: list[str]) -> None:
    # Without its site: as the one of the system.
    bare = [sys.executable, "-S", *command, "check"]
    done = subprocess.run(bare, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert ".venv/bin/python" in done.stderr
    assert len(done.stderr.splitlines()) == 1
