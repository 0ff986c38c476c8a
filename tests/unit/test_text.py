"""A person's text: trimming, limits, and what stands in for variables."""

from __future__ import annotations

import pytest

from service.core.errors import Invalid
from service.core.text import WHITESPACE, as_variable, fill, placeholders, trim, user_text


def test_whitespace_is_what_python_strips() -> None:
    every = {chr(code) for code in range(0x110000) if chr(code).isspace()}
    assert set(WHITESPACE) == every


def test_a_text_is_trimmed() -> None:
    assert user_text("\u3000 배송이 언제 오나요? 👋🏽\n") == "배송이 언제 오나요? 👋🏽"


@pytest.mark.parametrize("text", ["", " ", WHITESPACE, "x" * 4001, "a\x00b", "\ud83d"])
def test_an_impossible_text_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as raised:
        user_text(text)
    assert raised.value.errors[0].field == "event.content"


def test_four_thousand_code_points_are_counted_as_people_count() -> None:
    assert len(user_text(" " + "😀" * 4000 + " ")) == 4000


def test_a_variable_is_one_short_line() -> None:
    assert as_variable(" 여러\n\t줄\u2028이 ") == "여러 줄 이"
    assert len(as_variable("x" * 500)) == 200


def test_values_are_not_filled_in_again() -> None:
    assert fill("{a}{b}", {"a": "{b}", "b": "{a}"}) == "{b}{a}"
    assert fill("{missing}!{ a }{A}", {"a": "x"}) == "!{ a }{A}"


def test_placeholders_are_found() -> None:
    assert placeholders("{a} {b_2} {} {C} { d }") == {"a", "b_2"}


def test_trim_leaves_the_inside() -> None:
    assert trim("\x1ca\u2003b\x85") == "a\u2003b"
