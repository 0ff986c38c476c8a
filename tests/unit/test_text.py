"""A person's text: trimming, limits, and what stands in for variables."""

from __future__ import annotations

import json
import shutil
import subprocess

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


# What people send to say nothing, on purpose or not. A case more is a line more.
BLANK = [
    "\u200b", "\u3164", "\u2800", "\u00ad", "\u200e", "\u200f", "\x1c", "\u115f\u1160", "\uffa0", "\ufeff", "\u2060",
    "\u034f", "\u061c", "\u180e", "\ufe0f", "\U000e0041", " \u200d \n\u3164 ", "\u2066\u2069", "\u17b4",
    "\ufffa",
]  # fmt: skip
SEEN = [
    "\u2764\ufe0f", "👩\u200d👩\u200d👧", "\u200ba", "ㅋ", ".", "\u0301", "\ufffd", "\ue000", "ᄀ\u1160",
    "🏴\U000e0067\U000e007f",
]  # fmt: skip


@pytest.mark.parametrize("text", BLANK)
def test_what_shows_nothing_is_no_text(text: str) -> None:
    with pytest.raises(Invalid):
        user_text(text)


@pytest.mark.parametrize("text", SEEN)
def test_what_shows_something_stays_as_it_is(text: str) -> None:
    assert user_text(text) == text


def test_the_browser_sees_as_little() -> None:
    """Every code point, by the module that the browser runs."""
    script = """
      const { trim } = await import(`${process.cwd()}/service/static/munui/engine.js`);
      const isWhole = (code) => code < 0xd800 || code > 0xdfff;
      const every = Array.from({ length: 0x110000 }, (_, code) => code).filter(isWhole);
      console.log(JSON.stringify(every.filter((code) => trim(String.fromCodePoint(code), "") === "")));
    """
    node = shutil.which("node")
    assert node is not None
    done = subprocess.run([node, "--input-type=module", "-e", script], capture_output=True, text=True, check=True)
    ours = [code for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF and trim(chr(code)) == ""]
    assert json.loads(done.stdout) == ours


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
