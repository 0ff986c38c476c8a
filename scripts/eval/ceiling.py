"""What words and vectors together could reach at best, if somebody knew for each question which to believe. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scripts.eval.asking import Asked

# How far above the better half alone both were to come, in MRR.
AIM = 0.10


@dataclass(frozen=True, slots=True)
class Places:
    """Where a right article stands for one question, from 1, by each way; none where it is not among what is found."""

    asked: Asked
    words: int | None
    vectors: int | None
    both: int | None

    @property
    def better(self) -> int | None:
        """Where the better half has it."""
        return min((place for place in (self.words, self.vectors) if place), default=None)


@dataclass(frozen=True, slots=True)
class Ceiling:
    """MRR over the questions that are held by the knowledge, from 0 to 1."""

    half: float
    both: float
    # The better half of each question.
    choice: float
    # Put first whatever either half has found.
    order: float

    @property
    def aim(self) -> float:
        """What was aimed at."""
        return self.half + AIM


def places(ways: Mapping[str, Sequence[Asked]]) -> list[Places]:
    """Of each question that is held by the knowledge; `ways` has words, vectors and both, in the same order."""
    return [
        Places(words, words.rank, vectors.rank, both.rank)
        for words, vectors, both in zip(ways["words"], ways["vectors"], ways["both"], strict=True)
        if words.question.is_answerable
    ]


def ceiling(found: Sequence[Places]) -> Ceiling:
    """The ceilings of what was found."""
    return Ceiling(
        half=max(_mrr([one.words for one in found]), _mrr([one.vectors for one in found])),
        both=_mrr([one.both for one in found]),
        choice=_mrr([one.better for one in found]),
        order=_mrr([one.better and 1 for one in found]),
    )


def beyond(found: Sequence[Places]) -> list[Places]:
    """Those that neither half puts first: no choice between them does."""
    return [one for one in found if one.better != 1]


def _mrr(ranks: Sequence[int | None]) -> float:
    return sum(1 / rank for rank in ranks if rank) / max(1, len(ranks))
