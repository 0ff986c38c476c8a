"""A chip turn through the service, side by side with the ways around it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import psycopg

from scripts.bench.bare import Bare, capture
from scripts.bench.direct import Database, Definer, install_definer
from scripts.bench.legacy import Legacy
from scripts.bench.members import Conversation, Member, next_chip, sign_up
from scripts.bench.options import Options
from scripts.bench.servers import client, running_app, running_legacy
from scripts.bench.timing import Ratio, Times, compare, ratio
from scripts.local import LocalStack
from scripts.local.app_server import AppServer

SERVICE = "service"
# How each way is told, with the HTTP requests of one turn: those of the browser, and those to Supabase.
WAYS = {
    SERVICE: ("through the service", 1, 2),
    "bare": ("(a) the same two upstream requests, bare", 0, 2),
    "legacy": ("(b) the legacy way, a new client per request", 5, 4),
    "legacy_shared": ("(b') the legacy way, one shared client", 5, 4),
    "functions": ("(c') the same two functions, by psycopg", 0, 0),
    "database": ("(c) the same rows, two RLS transactions", 0, 0),
    "definer": ("(d) one definer function, from the page", 1, 1),
}


def measure(stack: LocalStack, options: Options) -> dict[str, Any]:
    """Times of every way, and the service's time as a multiple of each."""
    with ExitStack() as running:
        app = running.enter_context(running_app(stack, options))
        ways = _ways(stack, options, app, running)
        times = compare(
            ways, rounds=options.rounds, count=options.turns, warm_up=options.warm_up, slow={"legacy", "legacy_shared"}
        )
    return {"ways": {name: _told(name, times) for name in WAYS}}


def _told(name: str, times: dict[str, Times]) -> dict[str, Any]:
    label, browser, upstream = WAYS[name]
    against: Ratio = ratio(times[SERVICE], times[name])
    requests = {"browser": browser, "upstream": upstream}
    return {"label": label, "requests": requests, **times[name].to_json(), "service_is_times": against.to_json()}


def _ways(stack: LocalStack, options: Options, app: AppServer, running: ExitStack) -> dict[str, Callable[[], None]]:
    install_definer(stack)
    legacy_url = running.enter_context(running_legacy(stack, options))
    member = sign_up(stack)
    captured = capture(stack, member)
    through = running.enter_context(client(app.url))
    past = running.enter_context(client(stack.supabase_url))
    legacy = running.enter_context(client(legacy_url))
    database = running.enter_context(psycopg.connect(stack.db_url, autocommit=True))

    def begin(who: Member) -> tuple[str, tuple[str, str]]:
        opened = Conversation(through, who)
        messages = opened.call("GET", f"/conversations/{opened.id}/messages")["messages"]
        return opened.id, next_chip(messages)

    def bare() -> Bare:
        conversation, asked = begin(member)
        return Bare(past, captured, conversation, asked)

    def old(*, shared: bool) -> Legacy:
        return Legacy(legacy, member, begin(member)[0], "categories", shared=shared)

    ways = {
        SERVICE: Conversation(through, member).click,
        "bare": bare().click,
        "legacy": old(shared=False).click,
        "legacy_shared": old(shared=True).click,
        "functions": Database(database, member, captured, begin(member), functions=True).click,
        "database": Database(database, member, captured, begin(member), functions=False).click,
        "definer": Definer(past, stack, member, begin(member)).click,
    }
    assert ways.keys() == WAYS.keys()
    return ways
