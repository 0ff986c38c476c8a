"""How the calls about the assistant are described."""

from __future__ import annotations

from service.http.operations import BODY, Body, Operation, Parameter
from service.inbox.described import inbox_call
from service.knowledge.assistant import models
from service.knowledge.assistant.models import MODES, MOST_DAYS, OUTCOMES, RATINGS, SETTINGS_MAX

_ADMIN = ("not_allowed",)
_OVERTAKEN = ("settings_changed",)
_DATE = {"type": "string", "format": "date"}
_FILTERS = (
    "limit",
    "cursor",
    Parameter("outcome", {"type": "string", "enum": list(OUTCOMES)}, "Only what came to this."),
    Parameter("mode", {"type": "string", "enum": list(MODES)}, "Only what was answered in this way."),
    Parameter(
        "helpful", {"type": "string", "enum": list(RATINGS)}, "Only what was said to help, or not to, or neither."
    ),
    Parameter(
        "days",
        {"type": "integer", "minimum": 1, "maximum": MOST_DAYS, "default": 30},
        "So many days until `to`, included. Not together with `from`.",
    ),
    Parameter("from", _DATE, "The first day, in the team's time zone."),
    Parameter("to", _DATE, f"The last day, included; by default today. At most {MOST_DAYS} days."),
)

OPERATIONS: dict[str, Operation] = {
    "inbox_assistant.read_assistant": inbox_call({200: models.Assistant}),
    "inbox_assistant.save_assistant": inbox_call(
        {200: models.Assistant}, (*BODY, *_ADMIN, *_OVERTAKEN), Body(models.ChangedSettingsBody, SETTINGS_MAX)
    ),
    "inbox_assistant.page_assistant_versions": inbox_call(
        {200: models.AssistantVersionList}, (*_ADMIN, "invalid"), query=("limit", "cursor")
    ),
    "inbox_assistant.restore_assistant_version": inbox_call(
        {200: models.Assistant},
        (*BODY, *_ADMIN, *_OVERTAKEN, "not_found"),
        Body(models.AssistantRestoreBody, is_required=False),
    ),
    "inbox_assistant.try_assistant": inbox_call(
        {200: models.Try, 202: models.Try}, (*BODY, *_ADMIN), Body(models.AssistantTryBody, SETTINGS_MAX)
    ),
    "inbox_assistant.read_try": inbox_call({200: models.Try}, (*_ADMIN, "not_found")),
    "inbox_assistant.page_answers": inbox_call({200: models.AnswerList}, ("invalid",), query=_FILTERS),
}
