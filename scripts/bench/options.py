"""How much is measured: the sizes of a run. Only numbers and names."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.local.paths import LOCAL, ROOT

SECTIONS = ("turn", "own", "throughput", "live", "rules", "jobs", "page", "inbox", "growth", "rls", "search")


@dataclass(frozen=True)
class Options:
    """The sizes of one run."""

    out: Path = ROOT / "docs" / "performance"
    root: Path = LOCAL / "bench"
    sections: tuple[str, ...] = SECTIONS
    durable: bool = True
    # Of a turn and its peers: rounds in alternating order, and turns of each way in a round.
    rounds: int = 15
    turns: int = 16
    warm_up: int = 30
    # Of throughput: members at once, worker processes, seconds a measurement, how often each is repeated.
    clients: tuple[int, ...] = (1, 8, 32)
    workers: tuple[int, ...] = (1, 2)
    seconds: float = 3.0
    repeats: int = 3
    # Of streams: how many are open, how many of their members write and operators answer, for how many seconds; and
    # rounds of turns beside them and without.
    streams: int = 500
    writers: int = 50
    operators: int = 10
    live_seconds: float = 30.0
    live_rounds: int = 12
    # Of jobs: how many a worker does, and how many of them webhooks.
    jobs: int = 100_000
    deliveries: int = 2_000
    # Of the operators' screen: messages that come to the list, seconds of nothing, conversations that figures count.
    inbox_messages: int = 20
    inbox_idle_seconds: int = 60
    inbox_conversations: int = 100_000
    # Of the search: messages in which is searched, how often each question is asked, rounds of turns beside it.
    search_messages: int = 1_000_000
    search_repeats: int = 5
    search_rounds: int = 8
    # Of growth: messages in the table, conversations of a member, messages of a conversation.
    rows: tuple[int, ...] = (10_000, 100_000, 1_000_000)
    conversations: tuple[int, ...] = (10, 200, 2_000)
    messages: tuple[int, ...] = (11, 4_601)
    calls: int = 60

    @property
    def document(self) -> Path:
        """The document beside the folder of results, if there is one: its tables are written anew."""
        return self.out.with_suffix(".md")


QUICK = {
    "durable": False,
    "rounds": 2, "turns": 3, "warm_up": 2,
    "clients": (2,), "workers": (1,), "seconds": 0.4, "repeats": 1,
    "streams": 30, "writers": 4, "operators": 2, "live_seconds": 4.0, "live_rounds": 1,
    "jobs": 200, "deliveries": 20,
    "inbox_messages": 2, "inbox_idle_seconds": 3, "inbox_conversations": 1_000,
    "search_messages": 2_000, "search_repeats": 1, "search_rounds": 1,
    "rows": (1_000, 2_000), "conversations": (3, 12), "messages": (11, 302), "calls": 3,
}  # fmt: skip


def parse(arguments: Sequence[str] | None = None) -> Options:
    """The options of a command line."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="tiny sizes: does everything still run? Figures mean nothing"
    )
    parser.add_argument("--only", type=_names, default=SECTIONS, help=f"some of {','.join(SECTIONS)}")
    parser.add_argument("--out", type=Path, default=None, help="where JSON, picture and plans go")
    parser.add_argument("--root", type=Path, default=Options.root, help="where the local Supabase of this run lives")
    parser.add_argument("--rows", type=_numbers, default=None, help="messages in the table, growing: 10000,100000")
    parser.add_argument("--rounds", type=int, default=None, help="rounds of every comparison")
    given = parser.parse_args(arguments)
    sizes: dict[str, object] = dict(QUICK) if given.quick else {}
    sizes |= {name: value for name in ("rows", "rounds") if (value := getattr(given, name)) is not None}
    # Figures that mean nothing do not take the place of those that do.
    out = given.out or (LOCAL / "bench-quick" if given.quick else Options.out)
    return Options(out=out, root=given.root, sections=given.only, **sizes)  # type: ignore[arg-type]


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(sorted(int(word) for word in text.split(",")))


def _names(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    unknown = sorted(set(names) - set(SECTIONS))
    if unknown:
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}")
    return names
