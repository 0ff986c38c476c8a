"""What is to be reached, held against a result. Every figure here compares two that were measured beside each other,
but those that name a peer: theirs were measured on another machine, and are told as such.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

# Peers with the same shape of driver (1 worker, 8 threads): turns a second at 8 clients; median of one turn alone.
RASA_TURNS = 86
CHAINLIT_MS = 13.0


@dataclass(frozen=True, slots=True)
class Target:
    """A bound and the figure that should keep it. `at_most` False: the figure should be at least the bound."""

    name: str
    value: float
    bound: float
    at_most: bool = True

    @property
    def reached(self) -> bool:
        """Whether the figure keeps its bound."""
        return self.value <= self.bound if self.at_most else self.value >= self.bound

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self) | {"value": round(self.value, 2), "reached": self.reached}


def targets(result: dict[str, Any]) -> list[Target]:
    """Every target that this result has figures for."""
    found: list[Target] = []
    for section, of in (
        ("turn", _turn),
        ("own", _own),
        ("throughput", _throughput),
        ("live", _live),
        ("rules", _rules),
        ("jobs", _jobs),
        ("inbox", _inbox),
        ("search", _search),
        ("growth", _growth),
        ("rls", _rls),
    ):
        if section in result:
            found += of(result[section])
    return found


def _inbox(inbox: dict[str, Any]) -> Iterator[Target]:
    screen = inbox["screen"]
    if "skipped" not in screen:
        yield Target("inbox: first load, KiB by gzip", screen["bytes"] / 1024, 80)
        yield Target("inbox: click to open conversation, open before, ms", screen["again_ms"], 100)
        yield Target("inbox: a member's message to the row in the list, p95, ms", screen["row_p95_ms"], 1500)


def _search(search: dict[str, Any]) -> Iterator[Target]:
    for sort in ("newest", "best"):
        yield Target(f"search among {search['rows']:,}, {sort} first, p95, ms", search[f"{sort}_p95_ms"], 300)
    spread = max(search["turn"]["off_is_times"]["median"], 1.0)
    yield Target(
        "a turn that the search takes up, times one that it does not",
        search["turn"]["on_is_times"]["median"] / spread,
        1.05,
    )


def _turn(turn: dict[str, Any]) -> Iterator[Target]:
    times = {name: way["service_is_times"] for name, way in turn["ways"].items()}
    yield Target("turn: times (a) the two bare requests, median", times["bare"]["median"], 1.25)
    yield Target("turn: times (a) the two bare requests, p95", times["bare"]["p95"], 1.4)
    yield Target("turn: times (b) the legacy way", times["legacy"]["median"], 1 / 3)
    yield Target("turn: times (d) one definer function", times["definer"]["median"], 1.6)


def _own(own: dict[str, Any]) -> Iterator[Target]:
    yield Target("own CPU of a turn, warm, ms", own["warm_cpu_ms"], 1.5)
    yield Target("own CPU of a turn at its real pace, ms", own["own_cpu_ms"], 1.5)
    yield Target("a member client, ms", own["member_client_ms"], 0.1)


def _throughput(throughput: dict[str, Any]) -> Iterator[Target]:
    for run in throughput["runs"]:
        by_clients = {load["clients"]: load for load in run["loads"]}
        if run["workers"] == 1 and 8 in by_clients:
            yield Target("turns/s at 8 members, 1 worker", by_clients[8]["turns_per_s"], 2 * RASA_TURNS, at_most=False)
        if run["workers"] == 1 and 1 in by_clients:
            yield Target("median of a turn alone, 1 worker, ms", by_clients[1]["median_ms"], CHAINLIT_MS)
        if {8, 32} <= by_clients.keys():
            more = by_clients[32]["turns_per_s"] / by_clients[8]["turns_per_s"]
            yield Target(f"turns/s at 32 members times that at 8, {run['workers']} worker(s)", more, 1.0, at_most=False)


def _live(live: dict[str, Any]) -> Iterator[Target]:
    for who, told in live["hints"].items():
        yield Target(f"hint to {who}, p95, ms", told["p95_ms"], 700)
        yield Target(f"hint to {who}, longest, ms", told["max_ms"], 1000)
        yield Target(f"hints to {who} that never came", told["missed"], 0)
    yield Target("requests of the hub a second", live["asked_per_s"], 2)
    yield Target("requests of the hub while nobody listens", live["asked_by_nobody"], 0)
    yield Target("memory of a stream, KiB", live["stream_kib"], 32)
    yield Target("turns/s beside streams, times without", live["turns"]["turns_per_s"]["median"], 0.95, at_most=False)
    yield Target("CPU a turn beside streams, times without", live["turns"]["server_cpu_ms"]["median"], 1.05)


def _rules(rules: dict[str, Any]) -> Iterator[Target]:
    who = f"{rules['rules']} rules and {rules['webhooks']} webhooks"
    # What the machine does by itself between two ways that are the same.
    spread = max(rules["off_is_times"]["high"], 1.0)
    yield Target(f"a turn that {who} are told of, times one that nobody is", rules["on_is_times"]["median"], spread)


def _jobs(jobs: dict[str, Any]) -> Iterator[Target]:
    yield Target("memory of a worker, times what it was", jobs["alone"]["end_mib"] / jobs["alone"]["warm_mib"], 1.1)
    yield Target("webhooks that were not delivered", jobs["webhooks"]["deliveries"] - jobs["webhooks"]["delivered"], 0)


def _growth(growth: dict[str, Any]) -> Iterator[Target]:
    for name, times in growth["grown"].items():
        yield Target(f"{name}: largest table, times the smallest", times["median"], 1.5)


def _rls(rls: dict[str, Any]) -> Iterator[Target]:
    for name in ("page", "list", "unread"):
        yield Target(f"{name}: under RLS, times as service role", rls[name]["ratio"]["median"], 1.2)
    missing = [name for name, query in rls.items() if not query["by_index"]]
    yield Target("queries that read a growing table whole", len(missing), 0)
