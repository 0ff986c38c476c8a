"""What a request may still ask of Supabase, and what it has asked.

Belongs here: the two numbers, which follow a request wherever its code goes. Does not belong here: who sets them (the
web, a job), who looks at them (`service/supabase/connections.py`).
"""

from __future__ import annotations

from contextvars import ContextVar

# How many requests this web request has sent upstream, and when it must be done (time.monotonic, seconds).
upstream_calls: ContextVar[int] = ContextVar("upstream_calls", default=0)
deadline: ContextVar[float | None] = ContextVar("deadline", default=None)
