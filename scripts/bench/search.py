"""The operators' search among many messages: how long it takes by HTTP, how long taking them up took, and what a turn
pays for it: turns that are taken up behind them, beside turns that are not.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import psycopg

from scripts.bench.members import Conversation, Member, sign_up
from scripts.bench.options import Options
from scripts.bench.servers import client, running_app
from scripts.bench.timing import Times, compare, percentile, ratio, take
from scripts.local import LocalStack
from service.inbox.search.work import EVERY_SECONDS

_FILL = (Path(__file__).parent / "search.sql").read_text(encoding="utf-8")
EACH = 10
_AT_ONCE = 10_000
# What people look for, by what it is: common and rare, several together, codes and numbers, what is not there, far back
# and among few.
QUESTIONS: dict[str, list[dict[str, str]]] = {
    "a common word": [{"q": word} for word in ("배송", "환불", "주문", "니다", "주세요")],
    "a rare word": [{"q": word} for word in ("표선단", "하가전", "중행해", "단포중", "여코기")],
    "two common words": [{"q": word} for word in ("배송 환불", "주문 취소", "쿠폰 결제", "카드 할부", "감사 배송")],
    "a phrase with particles": [{"q": word} for word in ("배송은 언제 되나요", "환불을 확인", "주문까지 취소")],
    "a code": [{"q": f"E-{number}"} for number in (4001, 4012, 4033, 4057, 4099)],
    "an order number": [{"q": f"order{number}"} for number in (17, 4012, 998, 1204, 3333)],
    "a telephone number": [{"q": f"010-7919-{number:04}"} for number in (1, 2, 345, 999, 1234)],
    "a name": [{"q": name} for name in ("김민수", "이서연", "박지훈", "최하은")],
    "what is not there": [{"q": word} for word in ("없는말쓰기", "zzzzqq", "뷁쉙", "999888777666")],
    "a common word, the open ones": [{"q": word, "status": "open"} for word in ("배송", "환불", "쿠폰")],
    "a common word, of a year ago": [{"q": word, "before": "2026-01-01"} for word in ("배송", "환불", "쿠폰")],
    "a common word, notes alone": [{"q": word, "kind": "note"} for word in ("배송", "환불")],
}


def measure(stack: LocalStack, options: Options) -> dict[str, Any]:
    """Fill, take up, search, and turn."""
    operator = sign_up(stack)
    with psycopg.connect(stack.db_url, autocommit=True) as db:
        db.execute(
            "insert into public.chat_operators (user_id, display_name, role) values (%s, 'Searching', 'agent')",
            [operator.id],
        )
        _fill(db, options.search_messages // EACH)
        taken = _take_up(db)
    with running_app(stack, options) as app, client(app.url) as http:
        return {**taken, **_searched(http, operator, options), "turn": _turns(stack, http, options)}


def _fill(db: psycopg.Connection[Any], conversations: int) -> None:
    for first in range(1, conversations + 1, _AT_ONCE):
        last = min(first + _AT_ONCE - 1, conversations)
        with db.transaction():
            db.execute("set local session_replication_role = replica")
            db.execute(_FILL.encode(), {"first": first, "last": last, "each": EACH})
    db.execute("vacuum analyze public.chat_messages, public.chat_conversations, public.chat_desk, public.chat_contacts")


def _take_up(db: psycopg.Connection[Any]) -> dict[str, Any]:
    """As a worker does, round after round."""
    rounds: list[float] = []
    indexed, has_more = 0, True
    db.execute("set role service_role")
    while has_more:
        started = time.perf_counter()
        row = db.execute("select public.search_fill()").fetchone()
        done = row[0] if row else {}
        rounds.append(time.perf_counter() - started)
        indexed += done["indexed"]
        has_more = done["has_more"]
    db.execute("reset role")
    # What autovacuum would have done by now.
    db.execute("vacuum analyze public.chat_search")
    started = time.perf_counter()
    db.execute("set role service_role")
    db.execute("select public.search_count()")
    counted = time.perf_counter() - started
    db.execute("reset role")
    sizes = db.execute("select pg_table_size('public.chat_search'), pg_indexes_size('public.chat_search')").fetchone()
    return {
        "rows": indexed,
        "filled_s": round(sum(rounds)),
        "longest_round_s": round(max(rounds), 2),
        "counted_s": round(counted, 2),
        "size_mib": round(sum(sizes or (0, 0)) / 2**20),
    }


def _searched(http: httpx.Client, operator: Member, options: Options) -> dict[str, Any]:
    """Milliseconds of a question, by its kind and of all, newest and best first."""
    found: dict[str, Any] = {}
    every: dict[str, list[float]] = {"newest": [], "best": []}
    for name, questions in QUESTIONS.items():
        for sort, all_times in every.items():
            times = [_ask(http, operator, {**one, "sort": sort}) for one in questions * options.search_repeats]
            all_times.extend(times)
            found.setdefault(name, {})[sort] = Times((tuple(times),)).to_json()
    return {
        "questions": found,
        **{f"{sort}_p50_ms": round(percentile(times, 0.5), 1) for sort, times in every.items()},
        **{f"{sort}_p95_ms": round(percentile(times, 0.95), 1) for sort, times in every.items()},
    }


def _ask(http: httpx.Client, operator: Member, query: dict[str, str]) -> float:
    started = time.perf_counter()
    http.get("/api/v1/inbox/search", params=query, headers=operator.bearer).raise_for_status()
    return (time.perf_counter() - started) * 1000


def _turns(stack: LocalStack, http: httpx.Client, options: Options) -> dict[str, Any]:
    """Turns that are taken up behind them, beside turns that are not, twice."""
    member = sign_up(stack)
    with _Keeper(stack.db_url) as keeper:

        def taking(switch: Callable[[], None], count: int) -> tuple[float, ...]:
            switch()
            # A conversation has its end: each stretch has one of its own.
            return take(Conversation(http, member).click, count)

        times = compare(
            {"off": keeper.rest, "on": keeper.work, "again": keeper.rest},
            rounds=options.search_rounds, count=options.turns * 8, warm_up=options.warm_up, taking=taking,
        )  # fmt: skip
    return {
        **{name: times[name].to_json() for name in ("off", "on")},
        "on_is_times": ratio(times["on"], times["off"]).to_json(),
        "off_is_times": ratio(times["again"], times["off"]).to_json(),
    }


class _Keeper:
    """Takes up what was written once a period, as a worker does, while it is told to."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._works = threading.Event()
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> _Keeper:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._thread.join()

    def work(self) -> None:
        self._works.set()

    def rest(self) -> None:
        self._works.clear()

    def _run(self) -> None:
        with psycopg.connect(self._url, autocommit=True) as db:
            db.execute("set role service_role")
            while not self._ends.wait(EVERY_SECONDS):
                if self._works.is_set():
                    db.execute("select public.search_fill()")
