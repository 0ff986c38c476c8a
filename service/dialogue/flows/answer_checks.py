"""Checks of the section `answers`: what a flow says around answers from articles, and that it is there when needed."""

from __future__ import annotations

from typing import Any

from service.dialogue.flows.plain import asking, completes, mapping, numbered
from service.dialogue.flows.source import Source

ANSWERS = ("found", "unknown", "looking", "again")


def is_answering(step: dict[str, Any]) -> bool:
    """Whether a text at the step is a question to the articles."""
    rule = step.get("on_text")
    return rule == "answer" or mapping(rule).get("effect") == "answer"


def check_answers(source: Source, steps: dict[str, Any]) -> None:
    """Adds to `source.faults` whatever is wrong with them."""
    section = mapping(source.data.get("answers"))
    if not section:
        for name, step in steps.items():
            if is_answering(mapping(step)):
                source.fault(
                    ("steps", name, "on_text"),
                    "is a question to the articles, and nothing says what is said then; add the section `answers`",
                )
        return
    offering = {path[1] for path in asking(steps)}
    for key in ANSWERS:
        target = str(section.get(key))
        if target not in steps:
            continue
        if completes(target, steps):
            source.fault(("answers", key), "ends the conversation; lead to a step that goes on")
        elif target not in offering and "handover" in source.data:
            source.fault(
                ("answers", key), "leads to a step that offers no person; give a chip there `effect: handover`"
            )
    for path, line in numbered(("answers", "together"), section.get("together")):
        if {"chips", "form"} & set(line):
            source.fault(path, "is a question, which only a step asks; say a text or a notice")
    _check_found(source, str(section.get("found")), steps)


def _check_found(source: Source, name: str, steps: dict[str, Any]) -> None:
    if name not in steps:
        return
    lines = [line for _, line in numbered((), mapping(steps[name]).get("say"))]
    if not any("chips" in line and "text" not in line for line in lines):
        source.fault(
            ("answers", "found"), "leads to a step without a place for the answer; give it chips without a text"
        )
