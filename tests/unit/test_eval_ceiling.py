"""What combining two halves can reach at best, by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scripts.eval.asking import Asked, Row
from scripts.eval.ceiling import Places, beyond, ceiling, places
from scripts.eval.the_set import Question

QUESTION = Question(
    id="q",
    text="?",
    locale="ko",
    kind="plain",
    half="a",
    is_member=False,
    right=frozenset({"right"}),
    article="right",
    quote=None,
)


def asked(place: int | None, *, held: bool = True) -> Asked:
    keys = [f"other {number}" for number in range(1, place or 9)] + (["right"] if place else [])
    question = QUESTION if held else replace(QUESTION, right=frozenset())
    return Asked(question, tuple(Row(key, "", 1.0, answerable=False) for key in keys), None, is_valid=True)


def found(*ranks: tuple[int | None, int | None, int | None]) -> list[Places]:
    words, vectors, both = ([asked(one[way]) for one in ranks] for way in range(3))
    return places({"words": words, "vectors": vectors, "both": both})


def test_the_better_half_is_chosen_for_each_question() -> None:
    reached = ceiling(found((1, 4, 2), (4, 1, 1), (2, 4, 1), (None, None, None)))
    assert (reached.half, reached.both) == (pytest.approx(1.75 / 4), pytest.approx(2.5 / 4))
    assert (reached.choice, reached.order) == (pytest.approx(2.5 / 4), pytest.approx(3 / 4))
    assert reached.aim == pytest.approx(reached.half + 0.10)


def test_what_neither_half_puts_first_is_beyond_any_choice() -> None:
    assert [(one.words, one.vectors) for one in beyond(found((1, 4, 2), (2, 4, 1), (None, None, 3)))] == [
        (2, 4),
        (None, None),
    ]


def test_what_must_not_be_answered_does_not_count() -> None:
    ways = {way: [asked(1), asked(1, held=False)] for way in ("words", "vectors", "both")}
    assert len(places(ways)) == 1
