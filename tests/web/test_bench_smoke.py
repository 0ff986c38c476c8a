"""The benchmark still runs from end to end. What it measures in so short a time means nothing."""

import json
from pathlib import Path

import pytest

from scripts.bench import live
from scripts.bench.__main__ import main
from scripts.bench.options import SECTIONS
from scripts.bench.targets import Target
from scripts.bench.timing import Times, percentile, ratio

# Pages need a browser; the browser's own tests are elsewhere.
HERE = tuple(name for name in SECTIONS if name not in {"page", "inbox"})


@pytest.mark.slow
def test_everything_is_measured_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    code = main(["--quick", "--only", ",".join(HERE), "--out", str(out), "--root", str(tmp_path / "stack")])
    said = capsys.readouterr()
    assert code == 0, said.err
    result = json.loads((out / "latest.json").read_text(encoding="utf-8"))
    assert set(HERE) <= result.keys()
    assert result["turn"]["ways"]["service"]["service_is_times"]["median"] == 1
    assert all(way["median_ms"] > 0 for way in result["turn"]["ways"].values())
    assert {query["by_index"] for query in result["rls"].values()} <= {True, False}
    assert "<svg" in (out / "turn.svg").read_text(encoding="utf-8")
    assert "Index Scan" in (out / "plans" / "turn.send.rls.txt").read_text(encoding="utf-8")
    for target in result["targets"]:
        assert target["name"][:20] in said.out


def test_a_wrong_option_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["--only", "everything"])
    assert refused.value.code == 2
    assert "unknown: everything" in capsys.readouterr().err


def test_a_ratio_compares_round_with_round() -> None:
    slow, quick = Times(((2.0, 2.0), (6.0, 6.0))), Times(((1.0, 1.0), (2.0, 2.0)))
    found = ratio(slow, quick)
    assert (found.median, found.low, found.high) == (2.5, 2.0, 3.0)
    assert percentile([1, 2, 3, 4], 0.95) == 4
    assert percentile([1, 2, 3, 4], 0.5) == 2


@pytest.mark.parametrize(("waits", "missed"), [([], 0), ([None, None], 2), ([None, 3.0], 1)])
def test_hints_that_never_came_are_told_of(waits: list[float | None], missed: int) -> None:
    found = live._told(waits)
    assert (found["count"], found["missed"], found["max_ms"]) == (len(waits), missed, max([0, *filter(None, waits)]))


@pytest.mark.parametrize(("value", "at_most", "reached"), [(1.0, True, True), (1.1, True, False), (1.1, False, True)])
def test_a_target_has_a_side(value: float, at_most: bool, reached: bool) -> None:
    assert Target("x", value, 1.0, at_most).reached is reached
