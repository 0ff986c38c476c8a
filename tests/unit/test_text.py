"""A person's text: trimming, limits, and what stands in for variables."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from service.core.blank import RANGES, is_blank
from service.core.errors import Invalid
from service.core.text import WHITESPACE, as_variable, fill, placeholders, trim, user_text


def test_whitespace_is_what_python_strips() -> None:
    every = {chr(code) for code in range(0x110000) if chr(code).isspace()}
    assert set(WHITESPACE) == every


def test_the_browser_has_the_same_list_of_what_shows_nothing() -> None:
    module = (Path(__file__).parents[2] / "service" / "static" / "munui" / "blank.js").read_text(encoding="utf-8")
    [ranges] = re.findall(r'"(0-20 [0-9a-f -]+)"', module)
    pairs = [one.split("-") for one in ranges.split()]
    assert [(int(pair[0], 16), int(pair[-1], 16)) for pair in pairs] == list(RANGES)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\u200b",
        "\u3164\u3164",
        "\u2800 \u2800",
        "\xad",
        "\u200e",
        "\x1c",
        "\u115f\u1160",
        "\ufe0f",
        "\U000e0020",
        "\ufff9",
    ],
    ids=ascii,
)
def test_what_shows_nothing_is_no_text(text: str) -> None:
    assert is_blank(text)
    assert trim(text) == ""
    with pytest.raises(Invalid):
        user_text(text)


@pytest.mark.parametrize("text", ["가", "\u200b가\u200b", "❤\ufe0f", "👨\u200d👩", "\u0600", "\u0301"], ids=ascii)
def test_what_shows_something_stays_whole(text: str) -> None:
    assert not is_blank(text)
    assert user_text(text) == text


def test_a_text_is_trimmed() -> None:
    assert user_text("\u3000 배송이 언제 오나요? 👋🏽\n") == "배송이 언제 오나요? 👋🏽"


@pytest.mark.parametrize("text", ["", " ", WHITESPACE, "x" * 4001, "a\x00b", "\ud83d"])
def test_an_impossible_text_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as raised:
        user_text(text)
    assert raised.value.errors[0].field == "event.content"


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
