"""The ASGI entry: which threads answer.

Belongs here: who gets a request. Does not belong here: how Flask is run (`wsgi.py`), connections (`line.py`), how many
processes there are (`gunicorn.py`).
"""

from __future__ import annotations

import json
from functools import partial
from uuid import uuid4

import structlog
from flask import Flask

from service.app import create_app
from service.core.errors import MalformedJson, MunuiError
from service.http.operations import is_turn
from service.http.problems import DEFAULT_RETRY_AFTER, PROBLEM_JSON, PROBLEMS
from service.server.callers import Callers
from service.server.wsgi import ASGIApplication, Receive, Scope, Send, Threads
from service.settings import Settings, load_settings

log = structlog.get_logger(__name__)

# Requests that may wait for a thread, for each thread there is. More would outlive their time (REQUEST_BUDGET).
QUEUE_A_THREAD = 16


# What tells how the service is has a thread of its own: it is asked most when all others are busy.
WATCHED = frozenset({"/healthz", "/metrics"})


class Server:
    """Flask, on two sets of threads."""

    def __init__(self, flask: ASGIApplication, *, watched: ASGIApplication) -> None:
        self._flask = flask
        self._watched = watched

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if sum(name == b"host" for name, _ in scope["headers"]) > 1:
            await _refuse(MalformedJson(), send)
        elif scope["path"] in WATCHED:
            await self._watched(scope, receive, send)
        else:
            await self._flask(scope, receive, send)


def server_of(app: Flask, settings: Settings) -> Server:
    """Everything that is served of an app."""
    return Server(_threads(app, settings, settings.threads), watched=_threads(app, settings, 1))


def create_server() -> Server:
    """The server for the settings of the environment. Raises what `create_app` raises."""
    settings = load_settings()
    return server_of(create_app(settings), settings)


def _threads(app: Flask, settings: Settings, threads: int) -> Threads:
    queue = threads * QUEUE_A_THREAD
    callers = Callers(
        threads=threads,
        queue=queue,
        turns=settings.member_turns_in_flight,
        cookie=settings.session_cookie,
        is_turn=partial(is_turn, app),
    )
    return Threads(app, threads=threads, queue=queue, callers=callers, refuse=_refuse)


async def _refuse(error: MunuiError, send: Send) -> None:
    """Answer with an error, at no cost: the app is not asked."""
    code, request_id = error.code, str(uuid4())
    problem = PROBLEMS[code]
    log.warning("refused", code=code, request_id=request_id)
    body = {
        "type": f"urn:munui:problem:{code}",
        "title": problem.title,
        "status": problem.status,
        "code": code,
        "detail": error.detail or problem.title,
        "requestId": request_id,
    }
    headers = {"content-type": PROBLEM_JSON, "connection": "close", "x-request-id": request_id}
    if code in DEFAULT_RETRY_AFTER:
        headers["retry-after"] = str(int(DEFAULT_RETRY_AFTER[code]))
    sent = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": problem.status, "headers": sent})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})
