"""How the calls about imports are described."""

from __future__ import annotations

from service.http.operations import BODY, Body, Operation
from service.inbox.described import inbox_call
from service.knowledge.articles.imports import models
from service.knowledge.articles.imports.api import BODY_MAX

OPERATIONS: dict[str, Operation] = {
    "article_imports.start_import": inbox_call(
        {202: models.Import}, (*BODY, "not_allowed"), Body(models.ArticleImportBody, BODY_MAX)
    ),
    "article_imports.list_imports": inbox_call({200: models.ImportList}, ("invalid",), query=("limit", "cursor")),
    "article_imports.read_import": inbox_call({200: models.Import}, ("not_found",)),
    "article_imports.cancel_import": inbox_call({200: models.Import}, ("not_allowed", "not_found")),
}
