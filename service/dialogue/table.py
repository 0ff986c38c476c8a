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
from service.dialogue.flow import Chip, Flow, FormField, Line, Step
from service.dialogue.form import MAX_VALUES_BYTES, PATTERNS, SENTENCES
from service.dialogue.message import Kind

# Of the compiled flow, as a guest's browser keeps it. The page's engine knows this one and no other.
DOCUMENT_FORMAT = 1

Template = dict[str, Any]
Table = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CompiledFlow:
    """A flow with its tables, one a language.

    In a table: `opening` and `resume` are templates, `misfit` is a list of messages, `steps` holds for every step
    `text` (a template), `chips` (templates by chip) or `form` (a template). A template is `{"messages", "to"}` and,
    where they apply, `status`, `restart`, `save`, `inquiry`, `label`, `submitted` and `fields`.
    """

    flow: Flow
    tables: dict[Locale, Table]

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
    return CompiledFlow(flow, {locale: _table(flow, locale) for locale in LOCALES})


def _table(flow: Flow, locale: Locale) -> Table:
    return {
        "opening": _enter(flow, flow.start, locale),
        "resume": _enter(flow, flow.resume, locale),
        "misfit": [_message(line, "", locale) for line in flow.misfit],
        "steps": {name: _step_table(flow, name, step, locale) for name, step in flow.steps.items()},
    }


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
    return template


def _on_text(flow: Flow, name: str, step: Step, locale: Locale) -> Template:
    rule = step.on_text
    if rule is None:
        return {"messages": [_message(line, name, locale) for line in flow.otherwise], "to": name}
    template: Template = _enter(flow, rule.to, locale) if rule.to else {"messages": [], "to": name}
    said = [_message(line, name, locale) for line in rule.say]
    template["messages"] = said + list(template["messages"])
    if rule.save:
        template["save"] = rule.save
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
