"""The last figures inside `docs/answers.md`, between marks; what they mean the document says itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from scripts.eval.asking import Asked
from scripts.eval.ceiling import AIM, Places, beyond, ceiling, places
from scripts.eval.figures import Figures, by, is_wrong

_MARKED = re.compile(r"(<!-- eval: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
Table = tuple[Sequence[str], Iterable[Sequence[str]]]


def update(path: Path, tables: Mapping[str, str]) -> None:
    """Write each table between its marks; raises KeyError for a mark without one."""

    def fill(found: re.Match[str]) -> str:
        begin, name, end = found.groups()
        return f"{begin}{tables[name]}{end}"

    path.write_text(_MARKED.sub(fill, path.read_text(encoding="utf-8")), encoding="utf-8")


def told(
    ways: Mapping[str, Sequence[Asked]], figures: Mapping[str, Figures], answered_at_bound: float
) -> dict[str, str]:
    """Every table of the document, by its mark."""
    words = ways["words"]
    halves = {"a": figures["a"], "b": figures["b"], "all": figures["words"]}
    return {
        "halves": _table(_answers({**halves}, answered_at_bound)),
        "finding": _table(_finding({name: figures[name] for name in ("words", "vectors", "both") if name in figures})),
        "kinds": _table(_kinds(ways, lambda one: one.question.kind)),
        "locales": _table(_kinds(ways, lambda one: {"ko": "Korean", "en": "English"}[one.question.locale])),
        "silence": _table(_silence(words)),
        "wrong": _table(_wrong(words)),
        "ceiling": _table(_ceiling(places(ways))),
        "beyond": _table(_beyond(beyond(places(ways)))),
    }


def _answers(halves: Mapping[str, Figures], answered_at_bound: float) -> Table:
    rows: list[tuple[str, list[str]]] = [
        ("questions asked", [str(one.asked) for one in halves.values()]),
        ("of them held by the knowledge", [str(one.answerable) for one in halves.values()]),
        ("**answered rightly, of those held**", [f"{one.answered:.1%}" for one in halves.values()]),
        ("wrong answers", [str(one.wrong) for one in halves.values()]),
        ("**wrong, of all asked**", [f"{one.wrong_of_asked:.1%}" for one in halves.values()]),
        ("wrong, of all answers given", [f"{one.wrong_of_answers:.1%}" for one in halves.values()]),
        ("right answers whose piece holds the very sentence", [f"{one.to_the_point:.1%}" for one in halves.values()]),
        ("not held, and not answered", [f"{one.silence:.1%}" for one in halves.values()]),
        ("not answered, and rightly so", [f"{one.handover_precision:.1%}" for one in halves.values()]),
        ("answers that are not word for word of a published article", [str(one.invalid) for one in halves.values()]),
        ("could be answered if exactly 2 % of all asked were wrong", ["", "", f"{answered_at_bound:.1%}"]),
    ]
    return ("", "half a", "half b", "all"), [(name, *cells) for name, cells in rows]


def _finding(ways: Mapping[str, Figures]) -> Table:
    names = {"words": "by words", "vectors": "by vectors alone", "both": "by both"}
    rows = [(names[way], f"{one.hit_1:.3f}", f"{one.hit_5:.3f}", f"{one.mrr:.3f}") for way, one in ways.items()]
    return ("", "hit@1", "hit@5", "MRR"), rows


def _kinds(ways: Mapping[str, Sequence[Asked]], part: Callable[[Asked], str]) -> Table:
    parts = {way: by((one for one in asked if one.question.is_answerable), part) for way, asked in ways.items()}
    rows = [
        (
            name,
            str(one.asked),
            f"{one.hit_1:.2f}",
            f"{one.hit_5:.2f}",
            *(f"{some[name].mrr:.2f}" for some in parts.values()),
            f"{one.answered:.0%}",
        )
        for name, one in parts["words"].items()
    ]
    return ("", "questions", "hit@1", "hit@5", *(f"MRR {way}" for way in parts), "answered"), rows


def _silence(words: Sequence[Asked]) -> Table:
    parts = by((one for one in words if not one.question.is_answerable), lambda one: one.question.kind)
    return ("", "questions", "not answered"), [
        (name, str(one.asked), f"{one.silence:.0%}") for name, one in parts.items()
    ]


def _wrong(words: Sequence[Asked]) -> Table:
    rows = [
        (
            one.question.id,
            one.question.half,
            one.question.kind,
            one.question.text,
            one.answer.key,
            ", ".join(sorted(one.question.right)) or "none",
            f"{one.answer.coverage:.2f}",
        )
        for one in words
        if is_wrong(one) and one.answer is not None
    ]
    return ("", "half", "kind", "question", "answered with", "right", "coverage"), rows


def _ceiling(found: Sequence[Places]) -> Table:
    parts = {"all": found, **{half: [one for one in found if one.asked.question.half == half] for half in ("a", "b")}}
    reached = {name: ceiling(some) for name, some in parts.items()}
    rows = {
        "the better half alone": [one.half for one in reached.values()],
        "**by both**": [one.both for one in reached.values()],
        "if for each question the better half were believed": [one.choice for one in reached.values()],
        f"the aim: {AIM:.2f} above the better half": [one.aim for one in reached.values()],
        "if what either half finds were always put first": [one.order for one in reached.values()],
    }
    heads = ("MRR", *(f"half {name}" if name != "all" else name for name in parts))
    return heads, [(name, *(f"{value:.3f}" for value in values)) for name, values in rows.items()]


def _beyond(found: Sequence[Places]) -> Table:
    rows = [
        (
            one.asked.question.id,
            one.asked.question.half,
            one.asked.question.kind,
            one.asked.question.text,
            *(str(place or "none") for place in (one.words, one.vectors, one.both)),
        )
        for one in found
    ]
    return ("", "half", "kind", "question", "words", "vectors", "both"), rows


def _table(table: Table) -> str:
    heads, rows = table
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)
