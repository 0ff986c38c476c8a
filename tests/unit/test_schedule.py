"""The suite in several processes: every test once, and what measures when nobody else works."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from scripts.local.paths import ROOT
from tests.schedule import ALONE, LONGEST, PROCESSES, processes, turn

CONFTEST = """
import json, os, time, pytest
from pathlib import Path
from tests import schedule
schedule.ALONE = ("tests/web/test_a.py", "tests/web/test_b.py")

def pytest_xdist_make_scheduler(config, log):
    return schedule.Turns(config, log)

def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: schedule.turn(item.nodeid, shared=True))

@pytest.fixture(autouse=True)
def noted(request):
    began = time.monotonic()
    yield
    time.sleep(0.05)
    ran = [request.path.name, request.node.name.partition("[")[0], os.getpid(), began, time.monotonic()]
    with Path(os.environ["NOTES"]).open("a") as file:
        file.write(json.dumps(ran) + "\\n")
"""
TESTS = """
import uuid, pytest
@pytest.mark.parametrize("given", [uuid.uuid4(), uuid.uuid4(), uuid.uuid4()], ids=str)
def test_one(given): pass
def test_two(): pass
"""


def test_the_files_that_are_named_are_there() -> None:
    assert [file for file in (*ALONE, *LONGEST) if not (ROOT / file).is_file()] == []
    assert not set(ALONE) & set(LONGEST)


def test_quick_ones_are_first_and_lonely_ones_last() -> None:
    files = [ALONE[0], "tests/db/test_lines.py", LONGEST[1], "tests/unit/test_text.py", LONGEST[0]]
    shared = sorted(files, key=lambda file: turn(f"{file}::test", shared=True))
    assert shared == ["tests/unit/test_text.py", LONGEST[0], LONGEST[1], "tests/db/test_lines.py", ALONE[0]]


def test_every_test_is_run_once_and_the_lonely_ones_by_one_process_when_the_others_have_ended(tmp_path: Path) -> None:
    folder = tmp_path / "tests" / "web"
    folder.mkdir(parents=True)
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (tmp_path / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    names = [f"test_{letter}.py" for letter in "abcdef"]
    for name in names:
        (folder / name).write_text(TESTS, encoding="utf-8")
    notes = tmp_path / "notes"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", str(PROCESSES), "-p", "no:cacheprovider", "."],
        cwd=tmp_path,
        env={**os.environ, "NOTES": str(notes), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    ran = [json.loads(line) for line in notes.read_text(encoding="utf-8").splitlines()]
    assert sorted((file, name) for file, name, *_ in ran) == sorted(
        (file, name) for file in names for name in ("test_one", "test_one", "test_one", "test_two")
    )
    by = {file: {one[2] for one in ran if one[0] == file} for file in names}
    assert {len(processes) for processes in by.values()} == {1}
    assert len(set.union(*by.values())) == PROCESSES
    lonely = [one for one in ran if one[0] in {"test_a.py", "test_b.py"}]
    (process,) = {one[2] for one in lonely}
    others = [one for one in ran if one[2] != process]
    assert max(one[4] for one in others) < min(one[3] for one in lonely)


@pytest.mark.parametrize(("arguments", "one"), [
    ([], False), (["--junitxml=x"], False), (["tests/db"], True), (["-k", "matrix"], True), (["-m", "slow"], True),
])  # fmt: skip
def test_what_is_named_needs_no_other_process(arguments: list[str], one: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MUNUI_TEST_REMOTE", raising=False)
    source = pytest.Config.ArgsSource.ARGS if "tests/db" in arguments else pytest.Config.ArgsSource.TESTPATHS
    option = SimpleNamespace(keyword="-k" in arguments, markexpr="-m" in arguments)
    assert processes(SimpleNamespace(args_source=source, option=option)) == (0 if one else PROCESSES)
