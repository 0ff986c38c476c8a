"""Taking times in alternating order and telling them by medians, percentiles and ratios. Milliseconds everywhere."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Times:
    """What one way took: the times of each round."""

    rounds: tuple[tuple[float, ...], ...]

    @property
    def all(self) -> list[float]:
        """The times of all rounds."""
        return [one for times in self.rounds for one in times]

    @property
    def median(self) -> float:
        """Half took less."""
        return statistics.median(self.all)

    @property
    def p95(self) -> float:
        """95 of 100 took at most this."""
        return percentile(self.all, 0.95)

    def to_json(self) -> dict[str, float]:
        """Median and p95, in milliseconds."""
        return {"median_ms": round(self.median, 3), "p95_ms": round(self.p95, 3), "count": len(self.all)}


@dataclass(frozen=True, slots=True)
class Ratio:
    """One way against another, compared round by round: the middle of the rounds, and the lowest and highest."""

    median: float
    low: float
    high: float
    p95: float

    def to_json(self) -> dict[str, float]:
        """Rounded for reading."""
        return {
            "median": round(self.median, 2),
            "low": round(self.low, 2),
            "high": round(self.high, 2),
            "p95": round(self.p95, 2),
        }

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.low:.2f}–{self.high:.2f})"


def percentile(times: Sequence[float], part: float) -> float:
    """The smallest time that `part` (0 to 1) of the times do not exceed."""
    ordered = sorted(times)
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)]


def ratio(times: Times, base: Times) -> Ratio:
    """`times` as multiples of `base`, whose rounds ran beside them."""
    pairs = zip(times.rounds, base.rounds, strict=True)
    ratios = [statistics.median(one) / statistics.median(other) for one, other in pairs]
    return Ratio(statistics.median(ratios), min(ratios), max(ratios), times.p95 / base.p95)


def take(work: Callable[[], object], count: int) -> tuple[float, ...]:
    """How long each of `count` runs of `work` takes."""
    times = []
    for _ in range(count):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return tuple(times)


def told(work: Callable[[], float], count: int) -> tuple[float, ...]:
    """What each of `count` runs of `work` says that it took: for work that times a part of itself."""
    return tuple(work() for _ in range(count))


def compare(
    ways: Mapping[str, Callable[[], Result]],
    *,
    rounds: int,
    count: int,
    warm_up: int,
    slow: Collection[str] = (),
    taking: Callable[[Callable[[], Result], int], tuple[float, ...]] = take,
) -> dict[str, Times]:
    """Time every way in each round; every other round goes through them backwards.

    Those that are known to be `slow` run an eighth as often, so that they do not take the whole time. `taking` runs a
    way and gives its times: by the clock, or as it tells them itself (`told`).
    """
    counts = {name: max(2, count // 8) if name in slow else count for name in ways}
    for name, work in ways.items():
        taking(work, max(1, warm_up * counts[name] // count))
    taken: dict[str, list[tuple[float, ...]]] = {name: [] for name in ways}
    for number in range(rounds):
        names = list(ways) if number % 2 == 0 else list(ways)[::-1]
        for name in names:
            taken[name].append(taking(ways[name], counts[name]))
    return {name: Times(tuple(times)) for name, times in taken.items()}
