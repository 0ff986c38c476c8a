"""Event streams: how soon a hint is there, what the hub asks, what a stream takes, what turns pay for it.

The hint is timed from the moment at which the database made the row (`created_at`, a little before its commit) until
a client has read it, on the same clock; each message counts, whatever hint told of it.
"""

from __future__ import annotations

import itertools
import statistics
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import jwt
import psycopg

from scripts.bench.listening import MEMBERS, OPERATORS, Hint, Listeners, listening
from scripts.bench.members import Conversation, Member, new_id
from scripts.bench.memory import pss_mib
from scripts.bench.options import Options
from scripts.bench.servers import client, running_app
from scripts.bench.throughput import load
from scripts.bench.timing import percentile
from scripts.local import LocalStack
from scripts.local.app_server import AppServer

# Seconds between two writes of one member, and between two answers of one operator.
_WRITE_EVERY, _ANSWER_EVERY = 2.0, 3.0
# Seconds: after the last write, until every hint must be there; without a listener, while nothing is asked.
_LAST, _NOBODY = 3.0, 3.0
# How many of the listeners work at the same time, where turns are counted.
_CLIENTS = 8
_TOKEN_SECONDS = 4 * 3600


@dataclass(frozen=True)
class World:
    """Who listens: members, the first of whom also write, and operators."""

    members: list[Member]
    operators: list[Member]

    def streams(self) -> list[tuple[str, str]]:
        """Path and token of each stream: operators last."""
        return [(MEMBERS, one.token) for one in self.members] + [(OPERATORS, one.token) for one in self.operators]


def measure(stack: LocalStack, options: Options) -> dict[str, Any]:
    """Everything about streams."""
    world = _world(stack, options)
    with running_app(stack, options) as app, client(app.url) as http:
        _warm_up(app, http, world)
        quiet = pss_mib(app.child.pid or 0)
        with listening(app.url, world.streams()) as listeners:
            time.sleep(1)
            stream_kib = (pss_mib(app.child.pid or 0) - quiet) * 1024 / options.streams
            before, begun = _asked(http), time.monotonic()
            _work(stack, app, world, options)
            asked = (_asked(http) - before) / (time.monotonic() - begun)
            hints = list(listeners.hints)
        _until_nobody(http)
        before = _asked(http)
        time.sleep(_NOBODY)
        return {
            "streams": options.streams, "writers": options.writers, "operators": options.operators,
            "stream_kib": round(stream_kib, 1),
            "asked_per_s": round(asked, 2), "asked_by_nobody": _asked(http) - before,
            "hints": _hints(stack, world, hints), "turns": _turns(app, http, world, options),
        }  # fmt: skip


def _world(stack: LocalStack, options: Options) -> World:
    """Accounts with tokens and contacts, made past Supabase Auth: five hundred passwords take a minute to hash."""
    with psycopg.connect(stack.db_url) as db:
        ids = [str(uuid.uuid4()) for _ in range(options.streams)]
        db.cursor().executemany(
            "insert into auth.users (id, email) values (%s, %s)", [(one, f"live-{one}@example.com") for one in ids]
        )
        db.execute("insert into public.chat_contacts (id, user_id) select u, u from unnest(%s::uuid[]) u", [ids])
        team = ids[len(ids) - options.operators :]
        db.execute(
            "insert into public.chat_operators (user_id, display_name) select u, 'Bench' from unnest(%s::uuid[]) u",
            [team],
        )
    members = [Member(one, _token(stack, one)) for one in ids]
    return World(members[: -options.operators], members[-options.operators :])


def _token(stack: LocalStack, user_id: str) -> str:
    claims = {"sub": user_id, "aud": "authenticated", "role": "authenticated", "exp": int(time.time()) + _TOKEN_SECONDS}
    return jwt.encode(claims, stack.jwt_secret, algorithm="HS256")


def _warm_up(app: AppServer, http: httpx.Client, world: World) -> None:
    """What the first turns and streams of a process take is not theirs alone."""
    load(app.url, world.members[:2], 1.0, app.child.pid or 0)
    with listening(app.url, world.streams()[-20:]):
        pass
    _until_nobody(http)


def _work(stack: LocalStack, app: AppServer, world: World, options: Options) -> None:
    """Members write, every other one past the service, and operators answer, for a while."""
    writers = world.members[: options.writers]
    rest = f"{stack.supabase_url}/rest/v1"
    with client(app.url) as through, client() as past:
        conversations = [Conversation(through, one) for one in writers]

        def click(number: int) -> Callable[[], None]:
            return conversations[number].click

        def write(number: int) -> Callable[[], None]:
            headers = {**writers[number].bearer, "apikey": stack.publishable_key}
            place = conversations[number].id

            def once() -> None:
                row = {"conversation_id": place, "client_message_id": new_id(), "role": "user", "kind": "text"}
                past.post(f"{rest}/chat_messages", json={**row, "content": "past"}, headers=headers).raise_for_status()

            return once

        def answer(number: int) -> Callable[[], None]:
            # Where members only write; and each where no other answers.
            places = itertools.cycle([one.id for one in conversations[1::2][number :: options.operators]])
            headers = world.operators[number].bearer

            def once() -> None:
                body = {"clientMessageId": new_id(), "content": "예"}
                path = f"/api/v1/inbox/conversations/{next(places)}/messages"
                through.post(path, json=body, headers=headers).raise_for_status()

            return once

        workers = [((write if number % 2 else click)(number), _WRITE_EVERY) for number in range(len(writers))]
        workers += [(answer(number), _ANSWER_EVERY) for number in range(options.operators)]
        with ThreadPoolExecutor(len(workers)) as pool:
            until = time.monotonic() + options.live_seconds
            list(pool.map(lambda one: _repeat(one[0], one[1], until), workers))
    time.sleep(_LAST)


def _repeat(work: Callable[[], None], every: float, until: float) -> None:
    """Work evenly, beginning at another moment than the others."""
    due = time.monotonic() + every * (hash(threading.get_ident()) % 1000) / 1000
    while due < until:
        time.sleep(max(0.0, due - time.monotonic()))
        work()
        due += every


def _hints(stack: LocalStack, world: World, hints: list[Hint]) -> dict[str, Any]:
    """How long each message took to its member's and to every operator's stream."""
    told: defaultdict[tuple[int, str], list[Hint]] = defaultdict(list)
    for hint in hints:
        told[hint.client, hint.conversation].append(hint)
    numbers = {one.id: number for number, one in enumerate(world.members)}
    team = range(len(world.members), len(world.members) + len(world.operators))
    first = min((hint.at for hint in hints), default=0.0)
    rows = _messages(stack, world, first)
    member = [_wait(told[numbers[user], place], rev, at) for user, place, rev, at in rows]
    operators = [_wait(told[one, place], rev, at) for _, place, rev, at in rows for one in team]
    return {"member": _told(member), "operators": _told(operators)}


def _messages(stack: LocalStack, world: World, since: float) -> list[tuple[str, str, int, float]]:
    """Whose, where, which `rev` and when: every message of those who write, but those of before the streams."""
    with psycopg.connect(stack.db_url) as db:
        rows = db.execute(
            # A question that was answered has got a number of its own then.
            "select user_id, conversation_id, rev, extract(epoch from coalesce(answered_at, created_at))"
            " from public.chat_messages where user_id = any (%s) and created_at > to_timestamp(%s)",
            [[one.id for one in world.members], since],
        ).fetchall()
    return [(str(user), str(place), int(rev), float(at)) for user, place, rev, at in rows]


def _wait(told: list[Hint], rev: int, at: float) -> float | None:
    """Milliseconds until the first hint that reaches as far as `rev`; None where none ever did."""
    return next(((hint.at - at) * 1000 for hint in told if hint.rev >= rev), None)


def _told(waits: list[float | None]) -> dict[str, float]:
    # None at all is said as such, by what was missed.
    found = [wait for wait in waits if wait is not None] or [0.0]
    return {
        "count": len(waits),
        "missed": waits.count(None),
        "p50_ms": round(statistics.median(found)),
        "p95_ms": round(percentile(found, 0.95)),
        "max_ms": round(max(found)),
    }


def _turns(app: AppServer, http: httpx.Client, world: World, options: Options) -> dict[str, Any]:
    """Turns beside all streams and without any, in turn: what is left of their number, and what one costs."""
    taken: dict[bool, list[dict[str, float]]] = {True: [], False: []}
    for number in range(options.live_rounds):
        for beside in (True, False) if number % 2 else (False, True):
            with _streams(app, world) if beside else _none(http):
                taken[beside].append(load(app.url, world.members[:_CLIENTS], options.seconds, app.child.pid or 0))
    return {
        name: _ratios([one[name] / other[name] for one, other in zip(taken[True], taken[False], strict=True)])
        for name in ("turns_per_s", "server_cpu_ms")
    }


@contextmanager
def _streams(app: AppServer, world: World) -> Iterator[Listeners]:
    with listening(app.url, world.streams()) as listeners:
        yield listeners


@contextmanager
def _none(http: httpx.Client) -> Iterator[None]:
    _until_nobody(http)
    yield


def _ratios(ratios: list[float]) -> dict[str, float]:
    return {
        "median": round(statistics.median(ratios), 3),
        "low": round(min(ratios), 2),
        "high": round(max(ratios), 2),
        "rounds": len(ratios),
    }


def _asked(http: httpx.Client) -> float:
    return _number(http, "munui_live_questions_total")


def _until_nobody(http: httpx.Client) -> None:
    while _number(http, "munui_streams"):
        time.sleep(0.1)


def _number(http: httpx.Client, name: str) -> float:
    lines = http.get("/metrics").raise_for_status().text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith((f"{name} ", f"{name}{{")))
