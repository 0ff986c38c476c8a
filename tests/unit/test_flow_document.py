"""What is kept of a flow and of a state is read for ever, and what another version of ours wrote is told apart."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from service.core.errors import Unreadable
from service.dialogue import flow as shapes
from service.dialogue import flow_document
from service.dialogue.flow import Flow, Part
from service.dialogue.flow_document import read_flow, write_flow
from service.dialogue.flows.loader import SHIPPED, load_flow, parse_flow
from service.dialogue.state import State
from service.dialogue.table import compile_flow

STATE = State("categories", "ko", variables={"name": "김하나"})


def kept(flow: Flow) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.dumps(write_flow(flow)))
    return document


def before_answers() -> str:
    """The shipped flow from before questions were answered."""
    text = re.sub(r"    on_text: answer\n|      effect: answer\n", "", SHIPPED.read_text(encoding="utf-8"))
    begin, end = text.index("\n# Where texts are answered"), text.index("\nsteps:")
    # Nothing but the section led there.
    answered, again = text.index("\n  answered:\n"), text.index("\n  again:\n")
    return text[:begin] + text[end:answered] + text[again:]


def before_people() -> Flow:
    """A flow from before people answered: what older documents hold."""
    text = before_answers().replace("            effect: handover\n", "")
    begin, end = text.index("\n# What is said about people"), text.index("\nsteps:")
    # Nothing but the section led there.
    offer, again = text.index("\n  offer:\n"), text.index("\n  again:\n")
    return parse_flow(text[:begin] + text[end:offer] + text[again:])


def kept_in_the_second_format(flow: Flow) -> dict[str, Any]:
    document = kept(flow) | {"format": 2}
    del document["answers"]
    return document


def kept_in_the_first_format(flow: Flow) -> dict[str, Any]:
    document = kept_in_the_second_format(flow) | {"format": 1}
    del document["handover"]
    for step in document["steps"].values():
        if step["on_text"]:
            del step["on_text"]["effect"]
    return document


def kept_before_there_was_a_format(flow: Flow) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.dumps(flow.model_dump(mode="json", exclude_defaults=True)))
    for field in fields_of(document):
        # The length was left to a default as well.
        if field.get("maxlength") in (200, 4000):
            del field["maxlength"]
    return document


def fields_of(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield from (field for field in node.get("fields", ()))
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from fields_of(value)


def parts(node: Any) -> Iterator[Part]:
    if isinstance(node, Part):
        yield node
        yield from parts([getattr(node, name) for name in type(node).model_fields])
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, (list, tuple)) else ():
        yield from parts(value)


@pytest.mark.parametrize(
    ("keep", "flow"),
    [
        (kept, load_flow()),
        (kept, before_people()),
        (kept_in_the_second_format, parse_flow(before_answers())),
        (kept_in_the_first_format, before_people()),
        (kept_before_there_was_a_format, before_people()),
    ],
)
def test_a_kept_flow_is_read_as_it_was_and_no_default_of_ours_is_asked(keep: Any, flow: Flow) -> None:
    read = read_flow(keep(flow))
    assert read == flow
    assert compile_flow(read).tables == compile_flow(flow).tables
    for part in parts(read):
        assert part.model_fields_set == set(type(part).model_fields), type(part).__name__


def test_another_default_makes_no_other_version_and_no_other_kept_flow(monkeypatch: pytest.MonkeyPatch) -> None:
    before, documents = load_flow().version, [kept(load_flow()), kept_before_there_was_a_format(before_people())]
    monkeypatch.setattr(shapes, "SHORT_MAXLENGTH", 77)
    assert load_flow().version == before
    lengths = [[field["maxlength"] for field in fields_of(kept(read_flow(one)))] for one in documents]
    assert lengths[0] == lengths[1]
    assert 77 not in lengths[0]
    assert 77 in [field["maxlength"] for field in fields_of(kept(load_flow()))]


@pytest.mark.parametrize(
    ("change", "version"),
    [
        ({"format": flow_document.FORMAT + 1}, flow_document.FORMAT + 1),
        ({"format": "a new kind"}, None),
        ({"mood": "friendly"}, flow_document.FORMAT),
        ({"steps": {"a": {"say": [{"kind": "carousel", "cards": []}]}}}, flow_document.FORMAT),
        ({"steps": None}, flow_document.FORMAT),
    ],
)
def test_a_flow_of_another_version_is_told_apart(change: dict[str, Any], version: int | None) -> None:
    with pytest.raises(Unreadable) as caught:
        read_flow(kept(load_flow()) | change)
    assert (caught.value.document, caught.value.version) == ("flow", version)


@pytest.mark.parametrize("document", [{}, {"steps": []}, {"steps": {"a": None}, "otherwise": [], "misfit": []}])
def test_what_is_no_flow_at_all_is_told_apart(document: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        read_flow(document)


def test_a_state_of_before_there_was_a_version_is_read() -> None:
    old = {name: value for name, value in STATE.to_json().items() if name != "version"}
    assert State.from_json(old) == STATE == State.from_json(STATE.to_json())


def test_texts_that_led_nowhere_are_kept_only_where_there_are_some() -> None:
    # So the version before this one reads every other state.
    assert "misfits" not in STATE.to_json()
    counted = replace(STATE, misfits=1)
    assert State.from_json(counted.to_json()) == counted


@pytest.mark.parametrize(
    ("state", "version"),
    [
        (STATE.to_json() | {"version": 2}, 2),
        (STATE.to_json() | {"mood": "friendly"}, 1),
        (STATE.to_json() | {"locale": "fr"}, 1),
        (STATE.to_json() | {"variables": {"name": {"first": "하나"}}}, 1),
        (STATE.to_json() | {"misfits": True}, 1),
        ({"step": "categories"}, 1),
        ([], None),
        ("categories", None),
        (None, None),
    ],
)
def test_a_state_of_another_version_is_told_apart(state: Any, version: int | None) -> None:
    with pytest.raises(Unreadable) as caught:
        State.from_json(state)
    assert (caught.value.document, caught.value.version) == ("state", version)
