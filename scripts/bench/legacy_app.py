"""The legacy way, replayed: a server action a step, each with a client of its own, and a refetch at the end.

A click made the browser send five requests: save the user's message, ask for the flow's response, save the batch of
replies, save the interactive message, read the messages again. Every one that talks to Supabase called
`create_client` first. Kept from today's rules, because the database insists: bot messages carry the service key.
With `shared: true` in a body (or query) one pooled client serves all requests: what is left is the requests alone.

Belongs here: that sequence's server side. Does not belong here: the browser's side (`legacy.py`).
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from flask import Flask, Response, jsonify, request

from service.dialogue.flows.loader import load_flow
from service.dialogue.table import compile_flow
from supabase import Client, ClientOptions, create_client


def create_app() -> Flask:
    """The app; it reads the names of a Supabase project from the environment."""
    app = Flask(__name__)
    table = compile_flow(load_flow()).tables["ko"]["steps"]

    @app.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="ok")

    @app.post("/flow")
    def flow() -> Response:
        asked = request.get_json()
        return jsonify(table[asked["step"]]["chips"][asked["chip"]]["messages"])

    @app.post("/messages")
    def save() -> Response:
        body = request.get_json()
        client = _client(body["role"], shared=body["shared"])
        return jsonify(client.table("chat_messages").insert(body["rows"]).execute().data)

    @app.get("/messages")
    def read() -> Response:
        client = _client("user", shared=request.args["shared"] == "true")
        query = client.table("chat_messages").select("*").eq("conversation_id", request.args["conversation"])
        return jsonify(query.order("seq", desc=True).limit(50).execute().data)

    return app


def _client(role: str, *, shared: bool) -> Client:
    token = request.headers["Authorization"] if role == "user" else ""
    return _shared(token) if shared else _new(token)


@cache
def _shared(token: str) -> Client:
    return _new(token)


def _new(token: str) -> Client:
    name = "SUPABASE_PUBLISHABLE_KEY" if token else "SUPABASE_SECRET_KEY"
    headers: dict[str, Any] = {"Authorization": token} if token else {}
    return create_client(os.environ["SUPABASE_URL"], os.environ[name], ClientOptions(headers=headers))
