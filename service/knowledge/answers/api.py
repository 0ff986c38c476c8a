"""The API for guests who ask: one call a question. Nobody need be signed in, and nothing is kept of who asked."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from service.dialogue.knowledge import Knowledge, Mode
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
    row = actions.ask(part(Upstream), body.question, body.locale)
    known = [Knowledge.from_row(row, found, body.question) for found in row["found"]]
    told = known[0] if known else Knowledge("off", body.locale)
    return jsonify(answer=told.answer and told.answer.to_json(), locale=told.locale, mode=_mode(told))


def _mode(told: Knowledge) -> Mode:
    """How it is answered: by a model only where there is one, and a session whose turn may wait for it."""
    settings = part(Settings)
    can_generate = settings.has_model and settings.guest_sessions
    return "extractive" if told.mode == "generative" and not can_generate else told.mode
