"""What a turn pays for rules and webhooks: turns while ten rules and two webhooks listen to every message, and turns
while nobody does, twice, so that what the machine does by itself is seen.

What follows the turn, the jobs, is a worker's and is left out: `jobs.py` measures it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from scripts.bench.members import Conversation, sign_up
from scripts.bench.options import Options
from scripts.bench.servers import client, running_app
from scripts.bench.timing import compare, ratio, take
from scripts.local import LocalStack

RULES, WEBHOOKS = 10, 2
_RULE = """
    insert into public.chat_rules (name, types, condition, actions)
    select 'bench ' || n, '{message.created}', %s, %s from generate_series(1, %s) n returning id
"""
_WEBHOOK = """
    insert into public.chat_webhooks (url, types, secret)
    select 'https://example.com/' || n, '{message.created}', '-' from generate_series(1, %s) n returning id
"""
_CONDITION = {"all": [{"field": "message.content", "op": "contains", "value": "환불"}]}
_ACTIONS = [{"type": "setPriority", "priority": "high"}]
# As their saving would: who listens.
_ON = """
    insert into public.chat_listeners (type, rule_id, webhook_id)
    select 'message.created', unnest(%(rules)s::uuid[]), null
    union all select 'message.created', null, unnest(%(webhooks)s::uuid[])
"""


def measure(stack: LocalStack, options: Options) -> dict[str, Any]:
    """A turn beside them, as a multiple of one without; and one without as a multiple of another."""
    with (
        running_app(stack, options) as app,
        client(app.url) as through,
        psycopg.connect(stack.db_url, autocommit=True) as db,
    ):
        chat = Conversation(through, sign_up(stack))
        listening = {
            "rules": _ids(db, _RULE, Jsonb(_CONDITION), Jsonb(_ACTIONS), RULES),
            "webhooks": _ids(db, _WEBHOOK, WEBHOOKS),
        }
        on = partial(_listen, db, listening)
        off = partial(_listen, db, None)

        def taking(switch: Callable[[], None], count: int) -> tuple[float, ...]:
            switch()
            return take(chat.click, count)

        times = compare(
            {"off": off, "on": on, "again": off},
            rounds=options.rounds, count=options.turns, warm_up=options.warm_up, taking=taking,
        )  # fmt: skip
        written = db.execute("select count(*) from public.chat_jobs").fetchone()
        _listen(db, None)
        db.execute("delete from public.chat_rules where id = any (%s)", [listening["rules"]])
        db.execute("delete from public.chat_webhooks where id = any (%s)", [listening["webhooks"]])
        db.execute("truncate public.chat_jobs")
    return {
        "rules": RULES,
        "webhooks": WEBHOOKS,
        "jobs": (written or [0])[0],
        **{name: times[name].to_json() for name in ("off", "on")},
        "on_is_times": ratio(times["on"], times["off"]).to_json(),
        "off_is_times": ratio(times["again"], times["off"]).to_json(),
    }


def _listen(db: psycopg.Connection[Any], listening: dict[str, list[Any]] | None) -> None:
    """Let these listen, or nobody; also nobody of those that are shipped."""
    db.execute("truncate public.chat_listeners")
    if listening is not None:
        db.execute(_ON, listening)


def _ids(db: psycopg.Connection[Any], statement: str, *values: Any) -> list[Any]:
    return [row[0] for row in db.execute(statement.encode(), values).fetchall()]
