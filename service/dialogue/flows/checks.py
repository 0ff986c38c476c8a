"""What makes a flow make sense, beyond its shape. Every check looks at plain data, so that one fault hides no other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from service.core.locale import LOCALES
from service.core.text import MAX_TEXT, MAX_VARIABLE, placeholders
from service.dialogue.flows.source import Path, Source
from service.dialogue.message import ALLOWED, MAX_BOT_TEXT, Kind, Role

TEXTS = ("text", "label", "short", "help", "placeholder", "submitted")


def check(source: Source) -> None:
    """Adds to `source.faults` whatever is wrong with the flow in it."""
    steps = _mapping(source.data.get("steps"))
    _check_targets(source, steps)
    _check_reachable(source, steps)
    for name, step in steps.items():
        _check_step(source, ("steps", name), _mapping(step), steps)
    for path, line in _lines(source.data):
        _check_line(source, path, line)
    _check_texts(source, source.data, ())
    _check_variables(source)


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _lines(data: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every line that the bot may say, with its path."""
    for name in ("otherwise", "misfit"):
        yield from _numbered((name,), data.get(name))
    for name, step in _mapping(data.get("steps")).items():
        path: Path = ("steps", name)
        yield from _numbered((*path, "say"), _mapping(step).get("say"))
        rule = _mapping(_mapping(step).get("on_text"))
        yield from _numbered((*path, "on_text", "say"), rule.get("say"))


def _numbered(path: Path, lines: object) -> Iterator[tuple[Path, dict[str, Any]]]:
    for index, line in enumerate(_list(lines)):
        yield (*path, index), _mapping(line)


def _exits(path: Path, step: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    """Where a step leads, with the path of each pointer."""
    if "then" in step:
        yield (*path, "then"), str(step["then"])
    rule = _mapping(step.get("on_text"))
    if "to" in rule:
        yield (*path, "on_text", "to"), str(rule["to"])
    for here, line in _numbered((*path, "say"), step.get("say")):
        for index, chip in enumerate(_list(line.get("chips"))):
            if "to" in _mapping(chip):
                yield (*here, "chips", index, "to"), str(chip["to"])
        form = _mapping(line.get("form"))
        if "to" in form:
            yield (*here, "form", "to"), str(form["to"])


def _check_targets(source: Source, steps: dict[str, Any]) -> None:
    pointers: list[tuple[Path, str]] = [
        ((key,), str(source.data[key])) for key in ("start", "resume") if key in source.data
    ]
    for name, step in steps.items():
        pointers += list(_exits(("steps", name), _mapping(step)))
    for path, target in pointers:
        if target not in steps:
            source.fault(path, f'leads to "{target}", which is no step; name one that exists')


def _check_reachable(source: Source, steps: dict[str, Any]) -> None:
    waiting = [str(source.data.get(key)) for key in ("start", "resume")]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in steps:
            continue
        seen.add(name)
        waiting += [target for _, target in _exits((), _mapping(steps[name]))]
    for name in steps:
        if name not in seen:
            source.fault(("steps", name), "cannot be reached; lead to it from another step or remove it")


def _check_step(source: Source, path: Path, step: dict[str, Any], steps: dict[str, Any]) -> None:
    interactive = [
        index for index, line in enumerate(_list(step.get("say"))) if {"chips", "form"} & set(_mapping(line))
    ]
    if len(interactive) > 1:
        source.fault((*path, "say", interactive[1]), "is the second question of this step; give it a step of its own")
    if interactive and ("then" in step or step.get("complete")):
        source.fault(path, "asks a question and goes on without the answer; remove `then` or `complete`")
    if not (interactive or "then" in step or step.get("complete") or _mapping(step.get("on_text")).get("to")):
        source.fault(path, "is a dead end; add `then`, chips, a form, `on_text.to` or `complete: true`")
    seen = [path[-1]]
    while (target := _mapping(steps.get(str(seen[-1]))).get("then")) is not None:
        if target in seen:
            if target == path[-1]:
                source.fault((*path, "then"), "goes round without ever waiting; let a step of the circle ask something")
            break
        seen.append(target)


def _check_line(source: Source, path: Path, line: dict[str, Any]) -> None:
    kinds = [kind for kind in (Kind.CHIPS, Kind.FORM, Kind.NOTICE) if kind in line] or [Kind.TEXT]
    role = line.get("role", "bot")
    if len(kinds) > 1:
        source.fault(path, f"is {' and '.join(kinds)} at once; make two messages of it")
    elif role == "user" or (role in set(Role) and kinds[0] not in ALLOWED[Role(role)]):
        source.fault(path, f"a flow may not let {role} say {kinds[0]}; use the role bot")
    if kinds[0] is Kind.TEXT and "text" not in line:
        source.fault(path, "says nothing; add text, notice, chips or form")
    _check_unique(source, (*path, "chips"), line.get("chips"), "id")
    if "chips" in line and not _list(line["chips"]):
        source.fault((*path, "chips"), "has no chips; add one at least")
    if "form" in line:
        _check_form(source, (*path, "form"), _mapping(line["form"]))


def _check_form(source: Source, path: Path, form: dict[str, Any]) -> None:
    fields = _list(form.get("fields"))
    if not fields:
        source.fault(path, "has no fields; add one at least")
    _check_unique(source, (*path, "fields"), fields, "name")
    for index, field in enumerate(fields):
        here = (*path, "fields", index)
        options = _list(_mapping(field).get("options"))
        if _mapping(field).get("type") == "select" and not options:
            source.fault(here, "is a select without options; add one at least")
        _check_unique(source, (*here, "options"), options, "value")
        low, high = (_mapping(field).get(key) for key in ("minlength", "maxlength"))
        if isinstance(low, int) and isinstance(high, int) and low > high:
            source.fault(here, f"wants at least {low} and at most {high} characters; nothing fits that")
    for locale, text in _mapping(form.get("submitted")).items():
        bare = str(text)
        for name in placeholders(bare):
            bare = bare.replace("{" + name + "}", "")
        if not bare.strip():
            source.fault((*path, "submitted", locale), "is empty when its variable is; add a word of your own")


def _check_unique(source: Source, path: Path, items: object, key: str) -> None:
    seen: set[str] = set()
    for index, item in enumerate(_list(items)):
        value = str(_mapping(item).get(key))
        if value in seen:
            source.fault((*path, index, key), f'"{value}" is taken already; give it another {key}')
        seen.add(value)


def _check_texts(source: Source, node: object, path: Path) -> None:
    """Translations, wherever a text stands."""
    for index, item in enumerate(_list(node)):
        _check_texts(source, item, (*path, index))
    for key, value in _mapping(node).items():
        here = (*path, key)
        if key not in (*TEXTS, "notice") or not isinstance(value, dict):
            _check_texts(source, value, here)
            continue
        missing = [locale for locale in LOCALES if value.get(locale) is None or not str(value[locale]).strip()]
        if missing:
            source.fault(here, f"lacks its translation to {', '.join(missing)}; add it")
        limit = MAX_TEXT if key == "submitted" else MAX_BOT_TEXT
        for locale, text in value.items():
            if len(str(text)) + MAX_VARIABLE * len(placeholders(str(text))) > limit:
                source.fault((*here, locale), f"may grow past {limit:,} characters; shorten it")


def _check_variables(source: Source) -> None:
    known: set[str] = set()
    for _, line in _lines(source.data):
        for field in _list(_mapping(line.get("form")).get("fields")):
            known.add(str(_mapping(field).get("name")))
    for step in _mapping(source.data.get("steps")).values():
        known.add(str(_mapping(_mapping(step).get("on_text")).get("save")))
    for path, line in _lines(source.data):
        texts = [((*path, key), _mapping(line.get(key))) for key in ("text", "notice")]
        texts.append(((*path, "form", "submitted"), _mapping(_mapping(line.get("form")).get("submitted"))))
        for here, text in texts:
            for locale, words in text.items():
                for name in sorted(placeholders(str(words)) - known):
                    source.fault(
                        (*here, locale), f"repeats {{{name}}}, which nobody is asked for; name a field or a `save`"
                    )
