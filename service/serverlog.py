"""What the web server itself writes into the log: that something went wrong, and never what a client sent.

Belongs here: gunicorn's log lines. Does not belong here: the app's (`http/observe.py`).

gunicorn quotes the line or header that it could not read, with the address that it came from. A token in a header that
was folded wrongly, or an address typed into a path, would stand in the log.
"""

from __future__ import annotations

import sys
from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from service.http.observe import line_logger, outline

log = line_logger(__name__)

_QUOTES_A_REQUEST = "Invalid request from"


class ServerLog(Logger):  # type: ignore[misc]
    """gunicorn's log without quotations."""

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Write a warning."""
        if msg.startswith(_QUOTES_A_REQUEST):
            error = sys.exc_info()[1]
            log.warning("unreadable_request", error=type(error).__qualname__)
        else:
            super().warning(msg, *args, **kwargs)

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Write down that an exception was caught: where, and of which type."""
        del args, kwargs
        error = sys.exc_info()[1]
        what = msg.partition("%")[0].strip()
        log.error("server_error", what=what, **(outline(error) if error is not None else {}))
