"""The API for guests who ask: one call a question. Nobody need be signed in, and nothing is kept of who asked."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from service.dialogue.knowledge import Knowledge
from service.http.context import part
from service.http.json_body import json_body
from service.http.limits import Limits
from service.knowledge.answers import actions
from service.knowledge.answers.models import QuestionBody
from service.settings import Settings
from service.supabase.clients import Upstream

QUESTION_MAX = 20 * 1024

bp = Blueprint("answers", __name__, url_prefix="/api/v1/answers")


@bp.post("")
def ask() -> Response:
    """What is known for a guest's question: the browser's own engine says it."""
    part(Limits).check_question()
    body = json_body(QuestionBody, max_bytes=QUESTION_MAX)
    row = actions.ask(part(Upstream).service_client(), body.question, body.locale)
    known = [Knowledge.from_row(row, found, body.question) for found in row["found"]]
    told = known[0] if known else Knowledge("off", body.locale)
    return jsonify(answer=told.answer and told.answer.to_json(), locale=told.locale, mode=_mode(told))
