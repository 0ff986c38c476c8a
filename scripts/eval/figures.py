"""What the answers to the set come to. Pure.

A wrong answer is one whose article is not right: for a question that the knowledge does not hold, any. Shares of wrong
ones are of all questions that were asked, as that is what a customer meets; beside it, of all that were answered.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TypeVar

from scripts.eval.asking import Asked

T = TypeVar("T")
WRONG_AT_MOST = 0.02


@dataclass(frozen=True, slots=True)
class Figures:
    """Of a part of the set. Shares lie from 0 to 1."""

    asked: int
    answerable: int
    hit_1: float
    hit_5: float
    mrr: float
    # Of the answerable ones: answered with a right article.
    answered: float
    # Answered with another one, or where nothing may be answered.
    wrong: int
    wrong_of_asked: float
    wrong_of_answers: float
    # Of the right answers: the piece that is shown holds the very sentence.
    to_the_point: float
    # Of what was not answered: what nothing may be answered to.
    handover_precision: float
    # Of what nothing may be answered to: what was not answered.
    silence: float
    invalid: int

    def as_json(self) -> dict[str, float]:
        """As it is kept, rounded."""
        return {name: round(value, 4) for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the course: with a threshold of `coverage` so many are answered rightly and wrongly."""

    coverage: float
    answered: float
    wrong: float


def is_wrong(asked: Asked) -> bool:
    """Whether something is answered that is not right."""
    return asked.answer is not None and asked.answer.key not in asked.question.right


def figures(asked: Sequence[Asked]) -> Figures:
    """The figures of what was asked."""
    held = [one for one in asked if one.question.is_answerable]
    ranks = [one.rank for one in held]
    answers = [one for one in asked if one.answer is not None]
    right = [one for one in answers if not is_wrong(one)]
    silent = [one for one in asked if one.answer is None]
    nothing = [one for one in asked if not one.question.is_answerable]
    wrong = len(answers) - len(right)
    return Figures(
        asked=len(asked),
        answerable=len(held),
        hit_1=_share(ranks, lambda rank: rank == 1),
        hit_5=_share(ranks, lambda rank: rank is not None and rank <= 5),
        mrr=sum(1 / rank for rank in ranks if rank) / max(1, len(ranks)),
        answered=len(right) / max(1, len(held)),
        wrong=wrong,
        wrong_of_asked=wrong / max(1, len(asked)),
        wrong_of_answers=wrong / max(1, len(answers)),
        to_the_point=_share([one for one in right if _tells(one) is not None], _tells),
        handover_precision=_share(silent, lambda one: not one.question.is_answerable),
        silence=_share(nothing, lambda one: one.answer is None),
        invalid=sum(not one.is_valid for one in asked),
    )


def by(asked: Iterable[Asked], part: Callable[[Asked], str]) -> dict[str, Figures]:
    """The figures of each part, in the order in which they come."""
    parts: dict[str, list[Asked]] = {}
    for one in asked:
        parts.setdefault(part(one), []).append(one)
    return {name: figures(some) for name, some in parts.items()}


def course(asked: Sequence[Asked]) -> list[Step]:
    """How many would be answered, and how many wrongly, at each threshold of coverage, from the strictest on."""
    held = sum(one.question.is_answerable for one in asked)
    steps = []
    right = wrong = 0
    for one in sorted(asked, key=lambda one: -(one.allowed_from or 0)):
        if one.allowed_from is None:
            continue
        is_right = one.rows[0].key in one.question.right
        right, wrong = right + is_right, wrong + (not is_right)
        steps.append(Step(one.allowed_from, right / max(1, held), wrong / max(1, len(asked))))
    return steps


def answered_at(steps: Sequence[Step], wrong: float) -> float:
    """The largest share that is answered with at most `wrong` wrong."""
    return max((step.answered for step in steps if step.wrong <= wrong), default=0.0)


def leaks(asked: Iterable[Asked], for_members: frozenset[str]) -> list[str]:
    """Ids of questions for which a guest was shown anything of an article for members, answered or not."""
    return [
        one.question.id
        for one in asked
        if not one.question.is_member and any(row.key in for_members for row in one.rows)
    ]


def _tells(asked: Asked) -> bool | None:
    """Whether the piece holds the quote; None where the answer is of another right article than the quote."""
    answer, question = asked.answer, asked.question
    if answer is None or question.quote is None or answer.key != question.article:
        return None
    return _letters(question.quote) in _letters(answer.text)


def _letters(text: str) -> str:
    """Letters and digits alone: how a table's row or a list is written does not matter."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFC", text))


def _share(things: Sequence[T], holds: Callable[[T], object]) -> float:
    return sum(bool(holds(thing)) for thing in things) / len(things) if things else 0.0
