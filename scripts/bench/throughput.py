"""Turns a second with many members at once, memory at idle and under load, and how long a start takes.

The members are threads of this process, each with a keep-alive connection; on a small machine they take their share
of the same cores.
"""

from __future__ import annotations

import http.client
import json
import os
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from scripts.bench.members import Member, new_id, next_chip, sign_up
from scripts.bench.memory import cpu_seconds, pss_mib
from scripts.bench.options import Options
from scripts.bench.servers import running_app
from scripts.bench.timing import percentile
from scripts.local import LocalStack
from scripts.local.app_server import AppServer

# Of one member in a row, before one turn was written: then nothing can be measured.
_MOST_FAILURES = 100
# What the kernel counts a process's time in, in seconds: less than one is told as one.
_TICK = 1 / os.sysconf("SC_CLK_TCK")


class Visitor:
    """A member at work, with as little of a client as possible."""

    def __init__(self, url: str, member: Member) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=120)
        self._headers = {**member.bearer, "Content-Type": "application/json"}
        status, opened = self._post("/api/v1/conversations", {"clientConversationId": new_id()})
        if status != 201:
            raise RuntimeError(f"A conversation could not be opened: {status}")
        self._path = f"/api/v1/conversations/{opened['conversation']['id']}/turns"
        self._asked = next_chip(opened["messages"])
        self._client_id = new_id()
        self.failures = 0

    def work(self, barrier: threading.Barrier, seconds: float) -> list[float]:
        """Click until the time is over, and once at least; how long each turn took, in milliseconds."""
        times: list[float] = []
        # The server hangs up on who waits for the others too long.
        self._connection.close()
        barrier.wait()
        until = time.perf_counter() + seconds
        while (started := time.perf_counter()) < until or (not times and self.failures < _MOST_FAILURES):
            if self.click():
                times.append((time.perf_counter() - started) * 1000)
            else:
                self.failures += 1
        return times

    def click(self) -> bool:
        """One chip turn; whether it was written. One that was not is sent again under the same id."""
        event = {"type": "chip", "messageId": self._asked[0], "chipId": self._asked[1]}
        status, turn = self._post(self._path, {"clientMessageId": self._client_id, "event": event})
        if status >= 500:
            return False
        self._asked, self._client_id = next_chip(turn["messages"]), new_id()
        return True

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _post(self, path: str, body: object) -> tuple[int, Any]:
        self._connection.request("POST", path, json.dumps(body), self._headers)
        answer = self._connection.getresponse()
        return answer.status, json.loads(answer.read())


def measure(stack: LocalStack, options: Options) -> dict[str, Any]:
    """Every number of members with every number of workers."""
    members = [sign_up(stack) for _ in range(max(options.clients))]
    return {"runs": [_workers(stack, options, members, count) for count in options.workers]}


def _workers(stack: LocalStack, options: Options, members: list[Member], workers: int) -> dict[str, Any]:
    started = time.perf_counter()
    with running_app(stack, options, workers=workers) as app:
        start = time.perf_counter() - started
        pid = app.child.pid or 0
        idle = pss_mib(pid)
        loads = _loads(app, options, members, pid)
        return {
            "workers": workers,
            "start_s": round(start, 2),
            "idle_mib": round(idle, 1),
            "loaded_mib": round(pss_mib(pid), 1),
            "gateway_mib": round(pss_mib(stack.gateway.child.pid or 0), 1),
            "loads": loads,
        }


def _loads(app: AppServer, options: Options, members: list[Member], pid: int) -> list[dict[str, Any]]:
    taken: dict[int, list[dict[str, float]]] = {count: [] for count in options.clients}
    for number in range(options.repeats):
        order = options.clients if number % 2 == 0 else tuple(reversed(options.clients))
        for count in order:
            taken[count].append(load(app.url, members[:count], options.seconds, pid))
    return [
        {"clients": count} | {name: round(statistics.median(run[name] for run in runs), 2) for name in runs[0]}
        for count, runs in taken.items()
    ]


def load(url: str, members: list[Member], seconds: float, pid: int) -> dict[str, float]:
    """What these members do at once in so many seconds, and what it costs the server `pid`."""
    visitors = [Visitor(url, member) for member in members]
    barrier = threading.Barrier(len(visitors))
    cpu, started = cpu_seconds(pid), time.perf_counter()
    with ThreadPoolExecutor(len(visitors)) as pool:
        lists = list(pool.map(lambda one: one.work(barrier, seconds), visitors))
    elapsed, cpu = time.perf_counter() - started, max(_TICK, cpu_seconds(pid) - cpu)
    for one in visitors:
        one.close()
    times = [one for own in lists for one in own]
    return {
        "turns_per_s": len(times) / elapsed,
        "median_ms": statistics.median(times),
        "p95_ms": percentile(times, 0.95),
        "server_cpu_ms": cpu * 1000 / len(times),
        "failures": sum(one.failures for one in visitors),
    }
