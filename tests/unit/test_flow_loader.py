"""A broken flow names every fault with its place, all at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from service.dialogue.flow_document import read_flow, write_flow
from service.dialogue.flows.loader import SHIPPED, FlowError, load_flow, parse_flow

BROKEN = """\
name: broken
start: hello
resume: nowhere
otherwise: [{text: {ko: 네, en: Yes}}]
misfit: [{text: {ko: 네, en: Yes}}]
steps:
  hello:
    say:
      - text: {ko: 안녕}
      - role: system
        chips: [{id: a, label: {ko: 가, en: A}, to: lost}]
  lost:
    say:
      - chips:
          - {id: a, label: {ko: 가, en: A}, to: gone}
          - {id: a, label: {ko: 나, en: B}, to: empty}
          - {id: c, label: {ko: 다, en: C}, to: round}
  empty:
    say:
      - form: {to: end, submitted: {ko: 보냄, en: Sent}, fields: []}
  round:
    then: round
  alone:
    say: [{text: {ko: "{who}", en: "{who}"}}]
  end:
    compleet: true
  end:
    complete: true
"""
EXPECTED = [
    (3, "resume", "no step"),
    (9, "steps.hello.say[0].text", "lacks its translation to en"),
    (10, "steps.hello.say[1]", "may not let system say chips"),
    (15, "steps.lost.say[0].chips[0].to", '"gone"'),
    (16, "steps.lost.say[0].chips[1].id", "taken already"),
    (20, "steps.empty.say[0].form", "has no fields"),
    (22, "steps.round.then", "goes round"),
    (23, "steps.alone", "cannot be reached"),
    (23, "steps.alone", "dead end"),
    (24, "steps.alone.say[0].text.ko", "nobody is asked for"),
    (26, "steps.end.compleet", "not known here"),
    (27, "steps.end", "second time"),
]


@pytest.mark.parametrize(("line", "place", "words"), EXPECTED)
def test_each_of_twelve_faults_is_named_with_its_place(line: int, place: str, words: str) -> None:
    with pytest.raises(FlowError) as raised:
        parse_flow(BROKEN)
    assert [
        fault for fault in raised.value.faults if fault.line == line and fault.place == place and words in fault.message
    ]


def test_the_message_tells_all_of_them() -> None:
    with pytest.raises(FlowError) as raised:
        parse_flow(BROKEN, "broken.yaml")
    told = str(raised.value)
    assert told.startswith("broken.yaml has ")
    assert all(f"line {line}, {place}:" in told for line, place, _ in EXPECTED)


@pytest.mark.parametrize(
    "text", ["", "- a", "steps: [", "a: {b: c", "steps: 7", "{}", "name: 1\nsteps: {a: 1}", "\x00"]
)
def test_what_is_no_flow_is_refused_in_words(text: str) -> None:
    with pytest.raises(FlowError, match="fault"):
        parse_flow(text)


def test_the_version_follows_the_text() -> None:
    shipped = SHIPPED.read_text(encoding="utf-8")
    assert parse_flow(shipped).version == load_flow().version
    assert parse_flow("# a comment\n" + shipped).version == load_flow().version
    assert parse_flow(shipped.replace("안녕하세요!", "어서 오세요!")).version != load_flow().version


def test_a_flow_survives_being_kept() -> None:
    flow = load_flow()
    assert read_flow(json.loads(json.dumps(write_flow(flow)))) == flow


def test_a_missing_file_is_said_as_such(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_flow(tmp_path / "none.yaml")


# What a person writes for a text, and the remedy that is named. The next slip is a line more.
SLIPS = [
    ("Choose: a topic.", "put a text that holds a colon into quotes"),
    ("yes", "YAML reads it as true; put it into quotes"),
    ("no", "YAML reads it as false; put it into quotes"),
    ("12:30", "YAML reads it as 750; put it into quotes"),
    ("", "is empty; write a text"),
    ("{name}", "begins with a bracket into quotes"),
    ("@shop", "put a text that begins with it into quotes"),
    ("*shop", "put a text that begins with \\* into quotes"),
    ('"shop', "quote that ends too early"),
    ("'it's'", "quote that ends too early"),
    ("a\n\tb", "indent with spaces instead of a tab"),
    ("Choose\n      a topic", "indent every line of a longer text"),
]


@pytest.mark.parametrize(("written", "remedy"), SLIPS)
def test_a_slip_is_told_with_its_remedy(written: str, remedy: str) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    slipped = text.replace("en: Choose a topic.", f"en: {written}")
    assert slipped != text
    with pytest.raises(FlowError, match=remedy):
        parse_flow(slipped)


@pytest.mark.parametrize("written", ["2026-11-26", "2026-11-26 10:00:00", "!!binary YQ=="])
def test_what_yaml_knows_a_type_for_is_a_text(written: str) -> None:
    text = SHIPPED.read_text(encoding="utf-8").replace("en: Choose a topic.", f"en: {written}")
    assert str(parse_flow(text).steps["categories"].say[0].text["en"]) in written
