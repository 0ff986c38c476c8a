"""A flow, compiled: what is said at every step on every event, and where it leads. One table a language.

The engine looks turns up in this table, and so does the guest's browser: the dialogue is decided here and nowhere else.
Keys are single words, so that the table reads the same inside and outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from service.core.ids import RULE
from service.core.locale import LOCALES, Locale
from service.core.text import MAX_TEXT, MAX_VARIABLE, WHITESPACE
from service.dialogue.flow import Announcement, Answers, Chip, Flow, FormField, Handover, Line, OnText, Step
from service.dialogue.form import MAX_VALUES_BYTES, PATTERNS, SENTENCES
from service.dialogue.message import ANSWERS, HANDOVER, Kind

# Of the compiled flow, as a guest's browser keeps it. The page's engine knows this one and no other.
# An older page goes on with what came since: to it a chip that asks for a person leads where it leads without one.
DOCUMENT_FORMAT = 1

Template = dict[str, Any]
Table = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CompiledFlow:
    """A flow with its tables, one a language.

    In a table: `opening` and `resume` are templates, and `offer` where the flow offers a person; `misfit` is a list of
    messages, `steps` holds for every step `text` (a template), `chips` (templates by chip) or `form` (a template);
    `answers` holds `found`, `unknown`, `looking`, `again` and `together` where the flow answers questions. A template
    is `{"messages", "to"}` and, where they apply, `status`, `restart`, `save`, `inquiry`, `label`, `submitted` and
    `fields`, `handover` where a person is asked for, `answer` for a text that is a question to the articles, and
    `misfit` for one that leads nowhere. The message marked `answer` gets the text of what was found, and its sources.

    `people` are the templates for what only the service says: `online`, `away`, `closed`, `back` and `goodbye`, and the
    messages `recorded`. Their `to` is None where they lead nowhere.
    """

    flow: Flow
    tables: dict[Locale, Table]
    people: dict[Locale, Table]

    @property
    def version(self) -> str:
        """The version of the flow."""
        return self.flow.version

    def document(self) -> dict[str, Any]:
        """Everything that a browser needs to run a guest's conversation without asking anybody."""
        return {
            "format": DOCUMENT_FORMAT,
            "version": self.version,
            "ids": RULE,
            "text": {"whitespace": WHITESPACE, "max": MAX_TEXT, "maxVariable": MAX_VARIABLE},
            "forms": {"patterns": PATTERNS, "sentences": SENTENCES, "maxBytes": MAX_VALUES_BYTES},
            "tables": self.tables,
        }


def compile_flow(flow: Flow) -> CompiledFlow:
    """Work out every turn of a valid flow."""
    return CompiledFlow(
        flow,
        {locale: _table(flow, locale) for locale in LOCALES},
        {locale: _people_table(flow, locale) for locale in LOCALES},
    )


def _table(flow: Flow, locale: Locale) -> Table:
    table: Table = {
        "opening": _enter(flow, flow.start, locale),
        "resume": _enter(flow, flow.resume, locale),
        "misfit": [_message(line, "", locale) for line in flow.misfit],
        "steps": {name: _step_table(flow, name, step, locale) for name, step in flow.steps.items()},
    }
    if flow.handover is not None and flow.handover.offer is not None:
        table["offer"] = _enter(flow, flow.handover.offer, locale)
    if flow.answers is not None:
        table["answers"] = _answers(flow, flow.answers, locale)
    return table


def _answers(flow: Flow, steps: Answers, locale: Locale) -> dict[str, Template]:
    found, looking = _enter(flow, steps.found, locale), _enter(flow, steps.looking, locale)
    found["messages"] = [line | ({"answer": True} if _holds_answer(line) else {}) for line in found["messages"]]
    looking["messages"] = [
        line | ({"payload": line["payload"] | {"isLooking": True}} if line["kind"] == Kind.CHIPS else {})
        for line in looking["messages"]
    ]
    return {
        "found": found,
        "unknown": _enter(flow, steps.unknown, locale),
        "looking": looking,
        "again": _enter(flow, steps.again, locale),
        "together": {"messages": [_message(line, ANSWERS + "together", locale) for line in steps.together], "to": None},
    }


def _holds_answer(line: Template) -> bool:
    return line["kind"] == Kind.CHIPS and "content" not in line


def _people_table(flow: Flow, locale: Locale) -> Table:
    goodbye: Template = {"messages": [], "to": None} if flow.goodbye is None else _enter(flow, flow.goodbye, locale)
    said = flow.handover or Handover(online=Announcement(), away=Announcement(), closed=Announcement())
    back = _enter(flow, flow.resume, locale)
    return {
        "online": _announcement(flow, said.online, "online", locale),
        "away": _announcement(flow, said.away, "away", locale),
        "closed": _announcement(flow, said.closed, "closed", locale),
        "back": back | {"messages": _about_people(said.back, "back", locale) + back["messages"]},
        "recorded": _about_people(said.recorded, "recorded", locale),
        "goodbye": goodbye,
    }


def _announcement(flow: Flow, part: Announcement, name: str, locale: Locale) -> Template:
    template: Template = _enter(flow, part.to, locale) if part.to else {"messages": [], "to": None}
    return template | {"messages": _about_people(part.say, name, locale) + template["messages"]}


def _about_people(lines: tuple[Line, ...], name: str, locale: Locale) -> list[dict[str, Any]]:
    """Lines of the section `handover`, under a name that no step can have."""
    return [_message(line, HANDOVER + name, locale) for line in lines]


def _step_table(flow: Flow, name: str, step: Step, locale: Locale) -> Template:
    table: Template = {"text": _on_text(flow, name, step, locale)}
    line = step.interactive
    if line is not None and line.kind is Kind.CHIPS:
        table["chips"] = {chip.id: _on_chip(flow, chip, locale) for chip in line.chips}
    elif line is not None and line.form is not None:
        table["form"] = _enter(flow, line.form.to, locale) | {
            "submitted": line.form.submitted[locale],
            "inquiry": line.form.inquiry,
            "fields": _payload(line, locale)["fields"],
        }
    return table


def _on_chip(flow: Flow, chip: Chip, locale: Locale) -> Template:
    template = _enter(flow, chip.to, locale) | {"label": chip.label[locale]}
    if chip.effect == "complete":
        template["status"] = "completed"
    if chip.effect == "restart":
        template["restart"] = True
    if chip.effect == "handover":
        template["handover"] = True
    return template


def _on_text(flow: Flow, name: str, step: Step, locale: Locale) -> Template:
    # Without a word of its own the effect would leave a guest whom no person can be found for without one.
    rule = step.on_text or OnText(say=flow.otherwise)
    template: Template = _enter(flow, rule.to, locale) if rule.to else {"messages": [], "to": name}
    lines = flow.otherwise if rule.effect and not rule.say and not rule.to else rule.say
    template["messages"] = [_message(line, name, locale) for line in lines] + list(template["messages"])
    if rule.save:
        template["save"] = rule.save
    if rule.effect == "answer":
        template["answer"] = True
    if rule.effect == "handover":
        template["handover"] = True
    elif rule.leads_nowhere and flow.handover is not None and flow.handover.offer is not None:
        template["misfit"] = True
    return template


def _enter(flow: Flow, name: str, locale: Locale) -> Template:
    """Entering a step: what it says, and what the steps say that follow at once."""
    messages: list[dict[str, Any]] = []
    while True:
        step = flow.steps[name]
        messages += [_message(line, name, locale) for line in step.say]
        if step.then is None:
            break
        name = step.then
    template: Template = {"messages": messages, "to": name}
    if step.complete:
        template["status"] = "completed"
    return template


def _message(line: Line, step: str, locale: Locale) -> dict[str, Any]:
    message: dict[str, Any] = {"role": line.role.value, "kind": line.kind.value, "step": step}
    if line.text is not None:
        message["content"] = line.text[locale]
    if line.kind in (Kind.CHIPS, Kind.FORM):
        message["payload"] = _payload(line, locale)
    return message


def _payload(line: Line, locale: Locale) -> dict[str, Any]:
    if line.form is None:
        return {"chips": [{"id": chip.id, "label": chip.label[locale]} for chip in line.chips]}
    return {"fields": [_field(field, locale) for field in line.form.fields]}


def _field(field: FormField, locale: Locale) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "name": field.name,
        "type": field.type,
        "label": field.label[locale],
        "required": field.required,
    }
    if field.type == "select":
        shown["options"] = [{"value": o.value, "label": o.label[locale]} for o in field.options]
    elif field.type != "checkbox":
        shown["maxlength"] = field.maxlength
        if field.minlength:
            shown["minlength"] = field.minlength
    for extra in ("help", "placeholder", "short"):
        if texts := getattr(field, extra):
            shown[extra] = texts[locale]
    if field.autocomplete:
        shown["autocomplete"] = field.autocomplete
    return shown
