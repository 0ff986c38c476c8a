"""Receives webhooks: verifies each by the library of Standard Webhooks, and drops what it has already.

WEBHOOK_SECRET=whsec_… .venv/bin/flask --app examples.webhook_receiver run --port 9000
"""

import os
from collections.abc import Callable
from typing import Any

from flask import Flask, request
from standardwebhooks.webhooks import Webhook, WebhookVerificationError


def create_app(secret: str | None = None, handle: Callable[[dict[str, Any]], object] = print) -> Flask:
    """A receiver; `handle` is given each event once."""
    webhook = Webhook(secret or os.environ["WEBHOOK_SECRET"])
    app = Flask(__name__)
    # Yours is a table with a unique key, written in the transaction in which you do what the event asks for.
    seen: set[str] = set()

    @app.post("/")
    def receive() -> tuple[str, int]:
        try:
            event = webhook.verify(request.get_data(), dict(request.headers))
        # Headers that are no signature at all are a ValueError.
        except (WebhookVerificationError, ValueError):
            return "", 401
        if request.headers["webhook-id"] not in seen:
            handle(event)
            seen.add(request.headers["webhook-id"])
        return "", 204

    return app
