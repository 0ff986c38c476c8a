"""A flow as the database keeps it: written out in full, with the format that it is written in.

Belongs here: writing and reading such a document. Does not belong here: the flow's own shape (`flow.py`), its file
(`service/dialogue/flows`).

A kept flow says the same for ever. So no default of ours is left to whoever reads it: a default that changes later
changes new flows only. Documents from before there was a format left the defaults out; theirs stand here and never
change. A document that a newer version wrote is refused whole: half a flow would say half of what was meant.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from service.core.errors import Unreadable
from service.dialogue.flow import Flow

# The second has `handover`, and an effect of texts; the third has `answers`. Those before are read for ever, and what
# came before there was one.
FORMAT = 3

Document = dict[str, Any]


def write_flow(flow: Flow) -> Document:
    """The flow as JSON."""
    return {"format": FORMAT, **flow.model_dump(mode="json")}


def read_flow(document: Document) -> Flow:
    """The reverse of `write_flow`. Raises Unreadable for what this version does not know."""
    rest = {name: value for name, value in document.items() if name != "format"}
    given = document.get("format", 0)
    if given not in (0, 1, 2, FORMAT):
        raise Unreadable("flow", given)
    try:
        full = _in_full(rest) if given == 0 else rest
        full = _without_people(full) if given < 2 else full
        return Flow.model_validate(full if given == FORMAT else {**full, "answers": None})
    # A document without a format has no shape at all that could be relied on.
    except (ValidationError, AttributeError, KeyError, TypeError, ValueError):
        raise Unreadable("flow", given) from None


def _without_people(flow: Document) -> Document:
    """A document of before people answered."""
    steps = {name: {**step, "on_text": _plain(step["on_text"])} for name, step in flow["steps"].items()}
    return {**flow, "steps": steps, "handover": None}


def _plain(rule: Document | None) -> Document | None:
    return rule and {**rule, "effect": None}


_STEP: Document = {"say": [], "then": None, "complete": False, "on_text": None}
_ON_TEXT: Document = {"say": [], "save": None, "to": None}
_LINE: Document = {"role": "bot", "text": None, "chips": [], "form": None}
_CHIP: Document = {"effect": None}
_FORM: Document = {"inquiry": False}
_FIELD: Document = {
    "short": None,
    "required": False,
    "minlength": 0,
    "maxlength": None,
    "options": [],
    "help": None,
    "placeholder": None,
    "autocomplete": None,
}
_MAXLENGTH = {"textarea": 4000, "text": 200, "email": 200, "phone": 200}


def _in_full(flow: Document) -> Document:
    """A document of before the first format, with what its defaults were."""
    lines = {name: _lines(flow[name]) for name in ("otherwise", "misfit")}
    return {**flow, **lines, "steps": {name: _step(step) for name, step in flow["steps"].items()}}


def _step(step: Document) -> Document:
    full = {**_STEP, **step}
    rule = full["on_text"] and {**_ON_TEXT, **full["on_text"]}
    return {**full, "say": _lines(full["say"]), "on_text": rule and {**rule, "say": _lines(rule["say"])}}


def _lines(lines: list[Document]) -> list[Document]:
    return [_line({**_LINE, **line}) for line in lines]


def _line(line: Document) -> Document:
    form = line["form"] and {**_FORM, **line["form"]}
    fields = form and {"fields": [_field({**_FIELD, **field}) for field in form["fields"]]}
    return {**line, "chips": [{**_CHIP, **chip} for chip in line["chips"]], "form": form and {**form, **fields}}


def _field(field: Document) -> Document:
    return {**field, "maxlength": field["maxlength"] or _MAXLENGTH.get(field["type"])}
