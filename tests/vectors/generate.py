"""Writes what the engine says to every event at every step, for the browser's module to agree with.

python -m tests.vectors.generate DIRECTORY
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from service.core import mapper
from service.core.errors import MunuiError
from service.core.ids import derived_ids
from service.core.locale import LOCALES, Locale
from service.core.team import UNKNOWN_TEAM
from service.dialogue.engine import MISFITS, open_conversation, resume_conversation, submitted_text, take_turn
from service.dialogue.events import ChipClicked, Event, FormSubmitted, TextWritten
from service.dialogue.flow import Flow
from service.dialogue.flows.loader import SHIPPED, load_flow
from service.dialogue.knowledge import Answer, Knowledge, Source
from service.dialogue.state import State
from service.dialogue.table import CompiledFlow, compile_flow
from service.dialogue.turn import Turn

FLOWS = {"inquiry": SHIPPED, "nasty": Path(__file__).with_name("nasty.yaml")}
NOW = datetime(2026, 11, 22, 6, 1, 37, 123000, tzinfo=UTC)
CONVERSATION = UUID("0b7e4b2c-7a4f-4a37-9a52-0d6f2f7d1c11")
MESSAGE = UUID("6f0d5c3e-98b1-4f0e-8f67-2c6f8f6a9d22")
VARIABLES: list[dict[str, str]] = [{}, {"nickname": "$& {choice} 한글 👩‍👩‍👧‍👦", "choice": "{nickname}"}]
TEXTS = [
    "배송이 언제 오나요?",
    "  앞뒤 공백\u3000",
    "{nickname} $1 $& \\1",
    "여러\n줄\t글\u2028끝",
    "👩‍👩‍👧‍👦" * 60,
    "é" * 300,
    "<img src=x onerror=alert(1)>",
    "__proto__",
]
# What a guest's browser may be told of a question.
SOURCE = Source("article 1", 3, 0, "chunk 1", "returns", "교환 <b>과</b> 반품", "ko")
FOUND = Answer("{nickname} $& {}\n- 7일\n  <img src=x>", (SOURCE, replace(SOURCE, chunk_id="chunk 2", quote="7일")))
KNOWN = [
    *(Knowledge("extractive", locale, answer) for locale in LOCALES for answer in (FOUND, None)),
    Knowledge("off", "en", FOUND),
]
# One after the other, what people and programs put into a field.
FIELD_VALUES: list[Any] = [
    None, "", " ", "x", "ab", "  둘 ", "가나다라마바사아자차", "👩🏽" * 6, "a b", "{note}", "me@example.com",
    "me@example",
    "me@exa mple.com", "+82 10-1234-5678", "12345", "010-1234-567a", True, False, 1, 1.5, ["a"], {"a": 1}, "y" * 4001,
    "전화\n번호", "\u200b", "\u3164\u2800", "\u200b한", "(02) 123-4567", "010.1234.5678", "010–1234–5678",
    "０１０-１２３４-５６７８", "02-123-4567 내선 12", "+82 (0)10 1234 5678 ext. 7", "01", "-", "1" * 16, "me@한글.kr",
    "한글@한글.한국", "me@example。com", "me@exa\u200bmple.com", "me@@example.com", "me@example..com", "@example.com",
    "ｍｅ@example.com", "٠١٢٣٤٥٦٧٨٩",
]  # fmt: skip


def documents() -> dict[str, dict[str, Any]]:
    """By name: a flow document and its cases."""
    return {name: _document(load_flow(path)) for name, path in FLOWS.items()}


def _document(source: Flow) -> dict[str, Any]:
    flow = compile_flow(source)
    return {"flow": flow.document(), "cases": list(_cases(flow))}


def _cases(flow: CompiledFlow) -> Iterator[dict[str, Any]]:
    for locale in LOCALES:
        yield _opening(flow, locale)
        yield _resumed(flow, locale)
        for step in flow.flow.steps:
            for variables in VARIABLES:
                for event in _events(flow, step):
                    yield _case(flow, State(step, locale, variables=dict(variables)), event)
            for knowledge in KNOWN if step in flow.flow.answering else ():
                for state in (State(step, locale), State(step, locale, misfits=1, answered="chunk 1")):
                    yield _case(flow, state, TextWritten("{nickname}?"), knowledge)
            # The second text in a row that leads nowhere, and what makes such texts forgotten.
            for event in (TextWritten("네?"), *_clicks(flow.tables["ko"]["steps"][step], step)):
                yield _case(flow, State(step, locale, misfits=MISFITS - 1), event)
        for event in _events(flow, flow.flow.start):
            yield _case(flow, State(flow.flow.start, locale, is_completed=True), event)


def _events(flow: CompiledFlow, here: str) -> Iterator[Event]:
    """Every kind of event; the forms of other steps than `here` are filled in rightly and wrongly once."""
    yield from (TextWritten(text) for text in TEXTS)
    for name, step in [*flow.tables["ko"]["steps"].items(), ("nowhere", {})]:
        yield from _clicks(step, name)
        fields = step.get("form", {}).get("fields", [])
        values = _values(fields)
        yield from (FormSubmitted(name, value) for value in (values if name == here else islice(values, 2)))


def _clicks(step: dict[str, Any], name: str) -> Iterator[Event]:
    yield from (ChipClicked(name, chip) for chip in [*step.get("chips", {}), "no_such_chip", "constructor"])


def _values(fields: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    right = {
        "select": lambda f: f["options"][-1]["value"],
        "checkbox": lambda _: True,
        "email": lambda _: " me@example.com ",
        "phone": lambda _: "010-1234-5678",
    }
    good = {f["name"]: right.get(f["type"], lambda _: " 가나다라마 ")(f) for f in fields}
    yield {}
    yield good
    yield good | {"nothing_like_it": "x"}
    for field in fields:
        for value in FIELD_VALUES:
            yield good | {field["name"]: value}


def _opening(flow: CompiledFlow, locale: Locale) -> dict[str, Any]:
    turn = open_conversation(flow, locale, derived_ids(CONVERSATION, None), NOW)
    return _written(locale, None, None, None, _result(turn, None) | {"asksForPerson": False})


def _resumed(flow: CompiledFlow, locale: Locale) -> dict[str, Any]:
    turn = resume_conversation(flow, locale, derived_ids(CONVERSATION, None), NOW)
    return _written(locale, None, None, {"type": "resume"}, _result(turn, None) | {"asksForPerson": False})


def _case(flow: CompiledFlow, state: State, event: Event, knowledge: Knowledge | None = None) -> dict[str, Any]:
    try:
        ids = derived_ids(CONVERSATION, MESSAGE)
        turn = take_turn(flow, state, event, ids, NOW, knowledge=knowledge)
        text = _user_text(flow, state, event, turn)
        # A guest's browser says what is said where nobody can be asked, and knows that somebody was asked for.
        asks = take_turn(flow, state, event, ids, NOW, UNKNOWN_TEAM).hands_over
        result = _result(turn, text) | {"asksForPerson": asks}
    except MunuiError as error:
        result = {
            "error": error.code,
            "errors": [{"field": fault.field, "message": fault.message} for fault in error.errors],
        }
    return _written(state.locale, MESSAGE, state, _outside(event), result) | {"knowledge": _told(knowledge)}


def _told(knowledge: Knowledge | None) -> dict[str, Any] | None:
    """As `POST /answers` answers."""
    answer = knowledge and knowledge.answer and knowledge.answer.to_json()
    return knowledge and {"mode": knowledge.mode, "locale": knowledge.locale, "answer": answer}


def _user_text(flow: CompiledFlow, state: State, event: Event, turn: Turn) -> str:
    match event:
        case TextWritten(content):
            return content
        case ChipClicked():
            return str(turn.answer.answer["label"]) if turn.answer else ""
        case FormSubmitted(step_id):
            values = turn.answer.answer["values"] if turn.answer else {}
            return submitted_text(flow, state.locale, step_id, values)


def _outside(event: Event) -> dict[str, Any]:
    match event:
        case TextWritten(content):
            return {"type": "text", "content": content}
        case ChipClicked(step, chip):
            return {"type": "chip", "stepId": step, "chipId": chip}
        case FormSubmitted(step, values):
            return {"type": "form", "stepId": step, "values": values}


def _result(turn: Turn, text: str | None) -> dict[str, Any]:
    answer = turn.answer and {mapper.camel(key): value for key, value in turn.answer.answer.items()}
    inquiry = turn.inquiry and {"stepId": turn.inquiry.step_id, "values": turn.inquiry.values}
    return {
        "state": turn.state.to_json(),
        "messages": [
            {
                "id": str(said.id),
                "role": said.role.value,
                "kind": said.kind.value,
                "content": said.content,
                "payload": said.payload,
                "step": said.step_id,
            }
            for said in turn.messages
        ],
        "userText": text,
        "answer": answer,
        "status": "completed" if turn.state.is_completed else None,
        "inquiry": inquiry,
    }


def _written(
    locale: Locale, message: UUID | None, state: State | None, event: dict[str, Any] | None, result: dict[str, Any]
) -> dict[str, Any]:
    return {
        "locale": locale,
        "conversationId": str(CONVERSATION),
        "clientMessageId": message and str(message),
        "state": state and state.to_json(),
        "event": event,
        "now": "2026-11-22T06:01:37.123Z",
        "result": result,
    }


def main(folder: str) -> None:
    """Write one file a flow to `folder`."""
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    for name, document in documents().items():
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        (target / f"{name}.json").write_text(text, encoding="utf-8")
        print(f"{name}: {len(document['cases'])} cases")


if __name__ == "__main__":
    main(sys.argv[1])
