"""A worker process of gunicorn's, in which uvicorn serves.

Belongs here: what the two are told of each other. Does not belong here: what holds for all workers (`gunicorn.py`).
"""

from __future__ import annotations

from typing import Any, ClassVar

from uvicorn_worker import UvicornWorker

from service.line import Line

# Seconds for what is under way when a worker stops: a request lives for 10 (REQUEST_BUDGET).
GRACE = 12


class Worker(UvicornWorker):  # type: ignore[misc]
    """uvicorn with our connections."""

    CONFIG_KWARGS: ClassVar[dict[str, Any]] = {
        "loop": "uvloop",
        "http": Line,
        "ws": "none",
        "lifespan": "off",
        # The app itself knows how many proxies to believe (TRUSTED_PROXIES).
        "proxy_headers": False,
        "server_header": False,
        "access_log": False,
        "timeout_graceful_shutdown": GRACE,
    }
