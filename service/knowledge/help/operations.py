"""How the calls of the help are described."""

from __future__ import annotations

from service.http.operations import API, Operation, Parameter
from service.knowledge.help import models
from service.knowledge.help.api import LONGEST_QUERY

_LOCALE = Parameter("locale", {"type": "string", "enum": ["ko", "en"]}, "Otherwise as `Accept-Language` says.")
# For a member what their account may read.
_REFUSALS = (*API, "unauthenticated", "token_expired", "upstream_unavailable", "invalid")

OPERATIONS: dict[str, Operation] = {
    "help_api.find": Operation(
        {200: models.FoundArticles},
        _REFUSALS,
        query=(Parameter("q", {"type": "string", "maxLength": LONGEST_QUERY}, "What is looked for."), _LOCALE),
        tag="Guests",
    ),
    "help_api.read": Operation({200: models.ToldArticle}, (*_REFUSALS, "not_found"), query=(_LOCALE,), tag="Guests"),
}
