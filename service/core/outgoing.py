"""What a request takes along when Supabase is asked: until when, how often it has asked, on whose behalf.

Belongs here: these values, which follow a request wherever its code goes. Does not belong here: who sets them (the
web, a job), who looks at them (`service/supabase`).
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

# How many requests this web request has sent upstream, and when it must be done (time.monotonic, seconds).
upstream_calls: ContextVar[int] = ContextVar("upstream_calls", default=0)
deadline: ContextVar[float | None] = ContextVar("deadline", default=None)
# The address that Supabase Auth shall count this web request for; None where it is not to be told one.
visitor_address: ContextVar[str | None] = ContextVar("visitor_address", default=None)
# Whether a failure is told in the log where it is noticed; asked then, not before. Who asks again and again has it told
# once (service/http/observe.py): questions that are on their way together find the same outage.
tells_of_failures: ContextVar[Callable[[], bool]] = ContextVar("tells_of_failures", default=lambda: True)
