"""What time does to conversations by itself: whose operator has left waits again, what was put aside comes back.

Belongs here: how often. Does not belong here: to which; `inbox_return_idle` looks.
"""

from __future__ import annotations

from functools import partial

from service.jobs.work import Tick, Work
from service.settings import Settings
from service.supabase.calls import tell
from service.supabase.clients import Upstream

EVERY_SECONDS = 15.0
# How many conversations are given back at most each time. The next time goes on.
_MOST_RETURNED = 200


def work_of(upstream: Upstream, settings: Settings) -> Work:
    """What is done once a period for the inbox."""
    return Work(ticks={"idle": Tick(partial(_return_idle, upstream, settings.agent_gone_seconds), EVERY_SECONDS)})


def _return_idle(upstream: Upstream, seconds: int) -> None:
    tell(upstream.service_client(), "inbox_return_idle", {"p_seconds": seconds, "p_limit": _MOST_RETURNED})
