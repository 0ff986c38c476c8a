"""What makes a flow make sense, beyond its shape. Every check looks at plain data, so that one fault hides no other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from service.core.locale import LOCALES
from service.core.text import MAX_TEXT, MAX_VARIABLE, placeholders
from service.dialogue.flows.answer_checks import ANSWERS, check_answers, is_answering
from service.dialogue.flows.plain import asking, asks_by_text, completes, listed, mapping, numbered
from service.dialogue.flows.source import Path, Source
from service.dialogue.message import ALLOWED, MAX_BOT_TEXT, Kind, Role

TEXTS = ("text", "label", "short", "help", "placeholder", "submitted")
# When the team is back: told where it is closed, so no field can be called so.
OPENS_AT = "opens_at"
ANNOUNCEMENTS = ("online", "away", "closed")


def check(source: Source) -> None:
    """Adds to `source.faults` whatever is wrong with the flow in it."""
    steps = mapping(source.data.get("steps"))
    _check_targets(source, steps)
    _check_reachable(source, steps)
    for name, step in steps.items():
        _check_step(source, ("steps", name), mapping(step), steps)
    for path, line in _lines(source.data):
        _check_line(source, path, line)
    _check_handover(source, steps)
    check_answers(source, steps)
    _check_texts(source, source.data, ())
    _check_variables(source)


def _lines(data: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every line that the bot may say, with its path."""
    for name in ("otherwise", "misfit"):
        yield from numbered((name,), data.get(name))
    for name, step in mapping(data.get("steps")).items():
        path: Path = ("steps", name)
        yield from numbered((*path, "say"), mapping(step).get("say"))
        rule = mapping(mapping(step).get("on_text"))
        yield from numbered((*path, "on_text", "say"), rule.get("say"))
    yield from _lines_about_people(data)
    yield from numbered(("answers", "together"), mapping(data.get("answers")).get("together"))


def _lines_about_people(data: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    section = mapping(data.get("handover"))
    for name in ANNOUNCEMENTS:
        yield from numbered(("handover", name, "say"), mapping(section.get(name)).get("say"))
    for name in ("recorded", "back"):
        yield from numbered(("handover", name), section.get(name))


def _exits(path: Path, step: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    """Where a step leads, with the path of each pointer."""
    if "then" in step:
        yield (*path, "then"), str(step["then"])
    rule = mapping(step.get("on_text"))
    if "to" in rule:
        yield (*path, "on_text", "to"), str(rule["to"])
    for here, line in numbered((*path, "say"), step.get("say")):
        for index, chip in enumerate(listed(line.get("chips"))):
            if "to" in mapping(chip):
                yield (*here, "chips", index, "to"), str(chip["to"])
        form = mapping(line.get("form"))
        if "to" in form:
            yield (*here, "form", "to"), str(form["to"])


def _check_targets(source: Source, steps: dict[str, Any]) -> None:
    pointers = list(_entrances(source.data))
    for name, step in steps.items():
        pointers += list(_exits(("steps", name), mapping(step)))
    for path, target in pointers:
        if target not in steps:
            source.fault(path, f'leads to "{target}", which is no step; name one that exists')


def _entrances(data: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    """Where a conversation comes to a step from no other, with the path of each pointer."""
    yield from (((key,), str(data[key])) for key in ("start", "resume") if key in data)
    section = mapping(data.get("handover"))
    yield from ((("handover", key), str(section[key])) for key in ("offer", "goodbye") if key in section)
    answers = mapping(data.get("answers"))
    yield from ((("answers", key), str(answers[key])) for key in ANSWERS if key in answers)
    for name in ANNOUNCEMENTS:
        part = mapping(section.get(name))
        if "to" in part:
            yield ("handover", name, "to"), str(part["to"])


def _check_reachable(source: Source, steps: dict[str, Any]) -> None:
    waiting = [target for _, target in _entrances(source.data)]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in steps:
            continue
        seen.add(name)
        waiting += [target for _, target in _exits((), mapping(steps[name]))]
    for name in steps:
        if name not in seen:
            source.fault(("steps", name), "cannot be reached; lead to it from another step or remove it")


def _check_step(source: Source, path: Path, step: dict[str, Any], steps: dict[str, Any]) -> None:
    interactive = [
        index for index, line in enumerate(listed(step.get("say"))) if {"chips", "form"} & set(mapping(line))
    ]
    if len(interactive) > 1:
        source.fault((*path, "say", interactive[1]), "is the second question of this step; give it a step of its own")
    if interactive and ("then" in step or step.get("complete")):
        source.fault(path, "asks a question and goes on without the answer; remove `then` or `complete`")
    leaves = step.get("complete") or mapping(step.get("on_text")).get("to") or asks_by_text(step) or is_answering(step)
    if not (interactive or "then" in step or leaves):
        source.fault(path, "is a dead end; add `then`, chips, a form, `on_text.to` or `complete: true`")
    seen = [path[-1]]
    while (target := mapping(steps.get(str(seen[-1]))).get("then")) is not None:
        if target in seen:
            if target == path[-1]:
                source.fault((*path, "then"), "goes round without ever waiting; let a step of the circle ask something")
            break
        seen.append(target)


def _check_handover(source: Source, steps: dict[str, Any]) -> None:
    """The section, and that there is one where somebody asks for a person."""
    if "handover" not in source.data:
        for path in asking(steps):
            source.fault(path, "asks for a person, and nothing says what is said then; add the section `handover`")
        return
    section = mapping(source.data["handover"])
    for name in ANNOUNCEMENTS:
        _check_announcement(source, ("handover", name), section.get(name), steps)
    goodbye, offer = (str(section.get(name)) for name in ("goodbye", "offer"))
    if goodbye in steps and not completes(goodbye, steps):
        source.fault(("handover", "goodbye"), "leads to a step that does not end; give that `complete: true`")
    if offer in steps and all(path[1] != offer for path in asking(steps)):
        source.fault(
            ("handover", "offer"), "leads to a step that offers no person; give a chip there `effect: handover`"
        )
    for path, line in _lines_about_people(source.data):
        if {"chips", "form"} & set(line):
            source.fault(
                path, "is a question, which only a step asks; give it a step of its own and lead there with `to`"
            )
        if path[1] == "recorded" and line.get("role") != "system":
            source.fault(path, "is said while the bot keeps silent; add `role: system`")


def _check_announcement(source: Source, path: Path, found: object, steps: dict[str, Any]) -> None:
    part = mapping(found)
    if part == found and not (part.get("say") or part.get("to")):
        source.fault(path, "says nothing; add `say` or `to`")
    if completes(str(part.get("to")), steps):
        source.fault((*path, "to"), "ends the conversation that a person is wanted in; lead to another step")


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
    if "chips" in line and not listed(line["chips"]):
        source.fault((*path, "chips"), "has no chips; add one at least")
    if "form" in line:
        _check_form(source, (*path, "form"), mapping(line["form"]))


def _check_form(source: Source, path: Path, form: dict[str, Any]) -> None:
    fields = listed(form.get("fields"))
    if not fields:
        source.fault(path, "has no fields; add one at least")
    _check_unique(source, (*path, "fields"), fields, "name")
    for index, field in enumerate(fields):
        here = (*path, "fields", index)
        options = listed(mapping(field).get("options"))
        if mapping(field).get("type") == "select" and not options:
            source.fault(here, "is a select without options; add one at least")
        _check_unique(source, (*here, "options"), options, "value")
        low, high = (mapping(field).get(key) for key in ("minlength", "maxlength"))
        if isinstance(low, int) and isinstance(high, int) and low > high:
            source.fault(here, f"wants at least {low} and at most {high} characters; nothing fits that")
    for locale, text in mapping(form.get("submitted")).items():
        bare = str(text)
        for name in placeholders(bare):
            bare = bare.replace("{" + name + "}", "")
        if not bare.strip():
            source.fault((*path, "submitted", locale), "is empty when its variable is; add a word of your own")


def _check_unique(source: Source, path: Path, items: object, key: str) -> None:
    seen: set[str] = set()
    for index, item in enumerate(listed(items)):
        value = str(mapping(item).get(key))
        if value in seen:
            source.fault((*path, index, key), f'"{value}" is taken already; give it another {key}')
        seen.add(value)


def _check_texts(source: Source, node: object, path: Path) -> None:
    """Translations, wherever a text stands."""
    for index, item in enumerate(listed(node)):
        _check_texts(source, item, (*path, index))
    for key, value in mapping(node).items():
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
        for field in listed(mapping(line.get("form")).get("fields")):
            known.add(str(mapping(field).get("name")))
    for step in mapping(source.data.get("steps")).values():
        known.add(str(mapping(mapping(step).get("on_text")).get("save")))
    _check_reserved(source)
    for path, line in _lines(source.data):
        # Said of a team that is closed, and only then.
        here_known = known | {OPENS_AT} if path[:2] == ("handover", "closed") else known - {OPENS_AT}
        texts = [((*path, key), mapping(line.get(key))) for key in ("text", "notice")]
        texts.append(((*path, "form", "submitted"), mapping(mapping(line.get("form")).get("submitted"))))
        for here, text in texts:
            for locale, words in text.items():
                for name in sorted(placeholders(str(words)) - here_known):
                    source.fault(
                        (*here, locale), f"repeats {{{name}}}, which nobody is asked for; name a field or a `save`"
                    )


def _check_reserved(source: Source) -> None:
    names = [
        ((*path, "form", "fields", index, "name"), mapping(field).get("name"))
        for path, line in _lines(source.data)
        for index, field in enumerate(listed(mapping(line.get("form")).get("fields")))
    ]
    for step, body in mapping(source.data.get("steps")).items():
        names.append((("steps", step, "on_text", "save"), mapping(mapping(body).get("on_text")).get("save")))
    for path, name in names:
        if name == OPENS_AT:
            source.fault(path, f"is called {OPENS_AT}, which is the team's; give it another name")
