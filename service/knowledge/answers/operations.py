"""How the call of guests who ask is described."""

from __future__ import annotations

from service.http.operations import API, BODY, Body, Operation
from service.knowledge.answers import models
from service.knowledge.answers.api import QUESTION_MAX

OPERATIONS: dict[str, Operation] = {
    "answers.ask": Operation(
        {200: models.ToldAnswer},
        (*API, *BODY, "upstream_unavailable"),
        Body(models.QuestionBody, QUESTION_MAX),
        tag="Guests",
    ),
}
