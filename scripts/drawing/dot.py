"""A flow as a graph in Graphviz's DOT language. What it looks like is decided here, where it lies by Graphviz."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator

from service.core.locale import Locale
from service.dialogue.flow import Flow, Line, Step
from service.dialogue.message import Kind

# In columns of a terminal: a Korean letter takes two, and Graphviz, which has no Korean font, must be told.
COLUMNS = 44
INCHES_PER_COLUMN = 0.083
LINES = 4
STYLE = """\
  graph [rankdir=TB, nodesep=0.35, ranksep=0.55, fontname="sans-serif", bgcolor="white"];
  node [shape=box, style="rounded,filled", fillcolor="#f4f6fb", color="#5b6b8c", fontname="sans-serif", fontsize=11];
  edge [color="#5b6b8c", fontname="sans-serif", fontsize=10];
"""
PEOPLE_STYLE = 'fillcolor="#e7f5ec", color="#3f7d58"'
# Stands for people, and begins the names of what is said about them.
PERSON = "☎"
# Stands for the articles, which a text is a question to.
ARTICLES = "?"
FOUND = {"found": "✓", "unknown": "✗", "looking": "…", "again": "↻"}
SIGNS = {Kind.TEXT: "", Kind.NOTICE: "ⓘ ", Kind.CHIPS: "◉ ", Kind.FORM: "✎ "}


def to_dot(flow: Flow, locale: Locale) -> str:
    """The graph of `flow`, with its texts in `locale`."""
    lines = [*_ends(flow), *_steps(flow, locale), *_people(flow, locale), *_answers(flow)]
    return "digraph flow {\n" + STYLE + "".join(f"  {line}\n" for line in lines) + "}\n"


def _ends(flow: Flow) -> Iterator[str]:
    yield f'start [shape=circle, label="", width=0.2, fillcolor="#1f6feb"]; start -> {_quote(flow.start)};'
    if any(step.complete for step in flow.steps.values()):
        yield 'end [shape=doublecircle, label="", width=0.15, fillcolor="#1f6feb"];'


def _steps(flow: Flow, locale: Locale) -> Iterator[str]:
    for name, step in flow.steps.items():
        fill = ', fillcolor="#fff6e0"' if step.interactive else ""
        label = _label(name, step, locale)
        yield f"{_quote(name)} [label={_quote(label)}, width={_inches(label):.2f}{fill}];"
        yield from _edges(name, step, locale)


def _people(flow: Flow, locale: Locale) -> Iterator[str]:
    """What is said when a person is asked for, and where each leads; the steps that are only said about people."""
    section = flow.handover
    if section is None:
        return
    for name, part in (("online", section.online), ("away", section.away), ("closed", section.closed)):
        label = "\n".join([f"{PERSON} {name}", *(_said(line, locale) for line in part.say)])
        yield f"{_quote(PERSON + name)} [label={_quote(label)}, width={_inches(label):.2f}, {PEOPLE_STYLE}];"
        yield _edge(PERSON, PERSON + name, "")
        if part.to is not None:
            yield _edge(PERSON + name, part.to, "")
    yield f'{_quote(PERSON)} [label={_quote(PERSON)}, shape=circle, fillcolor="#e7f5ec", color="#3f7d58"];'
    for target, label in ((section.offer, "⌨⌨"), (section.goodbye, f"{PERSON} ■")):
        if target is not None:
            yield f'{_quote(label)} [shape=plaintext, style=""]; {_edge(label, target, "", "style=dotted")}'
    back = "\n".join([f"{PERSON} ↩", *(_said(line, locale) for line in section.back)])
    yield f"{_quote(back)} [width={_inches(back):.2f}, {PEOPLE_STYLE}]; {_edge(back, flow.resume, '')}"


def _answers(flow: Flow) -> Iterator[str]:
    """Where a question to the articles leads."""
    if flow.answers is None:
        return
    yield f'{_quote(ARTICLES)} [label={_quote(ARTICLES)}, shape=circle, fillcolor="#eee7fb", color="#6b4fa0"];'
    for name, sign in FOUND.items():
        yield _edge(ARTICLES, getattr(flow.answers, name), sign, "style=dotted")


def _label(name: str, step: Step, locale: Locale) -> str:
    return "\n".join([name.upper(), *(_said(line, locale) for line in step.say)])


def _said(line: Line, locale: Locale) -> str:
    text = line.text[locale] if line.text else ""
    if line.form is not None:
        text += " · ".join(field.label[locale] for field in line.form.fields)
    wrapped = _wrap(SIGNS[line.kind] + text)
    return "\n".join(wrapped[:LINES] + (["…"] if len(wrapped) > LINES else []))


def _wrap(text: str) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if _columns(longer) <= COLUMNS or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "FW" else 1 for letter in text)


def _inches(label: str) -> float:
    return 0.3 + INCHES_PER_COLUMN * max(_columns(line) for line in label.split("\n"))


def _edges(name: str, step: Step, locale: Locale) -> Iterator[str]:
    if step.then is not None:
        yield _edge(name, step.then, "")
    if step.complete:
        yield _edge(name, "end", "")
    if step.on_text is not None:
        if step.on_text.effect is not None:
            asked = PERSON if step.on_text.effect == "handover" else ARTICLES
            yield _edge(name, asked, "⌨", "style=dotted")
        if step.on_text.to is not None:
            yield _edge(name, step.on_text.to, "⌨", "style=dotted")
    for line in step.say:
        for chip in line.chips:
            if chip.effect == "handover":
                yield _edge(name, PERSON, chip.label[locale])
                continue
            sign = {"complete": " ■", "restart": " ↺", None: ""}[chip.effect]
            yield _edge(name, chip.to, chip.label[locale] + sign)
        if line.form is not None:
            yield _edge(name, line.form.to, "✉" if line.form.inquiry else "✓")


def _edge(start: str, target: str, label: str, extra: str = "") -> str:
    return f"{_quote(start)} -> {_quote(target)} [label={_quote(' ' + label if label else '')}, {extra}];"


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
