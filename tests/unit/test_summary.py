"""What the end of a run says was tried."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.statistics import collector, describe_statistics

from tests.summary import TOLD, TRIED, examples, lines, sections


def test_counts_are_added_up_in_the_order_in_which_they_came() -> None:
    told = [(TRIED, ("cells", 1000)), ("other", "x"), (TRIED, ("attacks", 1)), (TRIED, ("cells", 234))]
    assert lines(told) == ["cells      1,234", "attacks        1"]
    assert lines([]) == []


def test_a_line_is_told_once_in_its_section() -> None:
    told = [(TOLD, ("engines", "one")), (TRIED, ("x", 1)), (TOLD, ("measured", "2 ms")), (TOLD, ("engines", "one"))]
    assert sections(told) == {"engines": ["one"], "measured": ["2 ms"]}


def test_inputs_are_counted_from_what_hypothesis_says() -> None:
    told: list[str] = []

    @settings(max_examples=30, database=None)
    @given(st.integers())
    def run(number: int) -> None:
        assert number == number + 0

    with collector.with_value(lambda statistics: told.append(describe_statistics(statistics))):
        run()
    assert 20 <= examples(told[0]) <= 60
