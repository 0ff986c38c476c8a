"""How the calls about articles are described."""

from __future__ import annotations

from typing import get_args

from service.http.operations import BODY, Body, Operation, Parameter
from service.inbox.described import inbox_call
from service.knowledge.articles import models
from service.knowledge.articles.api import BODY_MAX, LONGEST_QUERY, MOST_FOUND

_ADMIN = ("not_allowed",)
_OF_ONE = (*_ADMIN, "not_found")
_CHANGED = (*BODY, *_OF_ONE, "settings_changed")
_QUERY = {"type": "string", "maxLength": LONGEST_QUERY}
_LOCALE = Parameter("locale", {"type": "string", "enum": list(get_args(models.Locale))}, "Of this language alone.")
_AUDIENCE = {"type": "string", "enum": list(get_args(models.Audience))}
_FILTERS = (
    Parameter("q", _QUERY, "Words of title, text or questions; blanks do not matter."),
    Parameter("status", {"type": "string", "enum": list(get_args(models.Status))}, "Drafts, or what is published."),
    _LOCALE,
    Parameter("audience", _AUDIENCE, "For this audience alone."),
    Parameter("source", {"type": "string", "enum": list(get_args(models.SourceKind))}, "Whence it came."),
)

OPERATIONS: dict[str, Operation] = {
    "articles.list_articles": inbox_call({200: models.ArticleList}, ("invalid",), query=(*_FILTERS, "limit", "cursor")),
    "articles.add_article": inbox_call(
        {201: models.Article, 200: models.Article}, (*BODY, *_ADMIN), Body(models.ArticleBody, BODY_MAX)
    ),
    "articles.preview_article": inbox_call({200: models.Preview}, BODY, Body(models.PreviewBody, BODY_MAX)),
    "articles.find_articles": inbox_call(
        {200: models.FoundPieces},
        ("invalid",),
        query=(
            Parameter("q", _QUERY, "The question."),
            _LOCALE,
            Parameter("audience", {**_AUDIENCE, "default": "members"}, "What this audience would find."),
            Parameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST_FOUND, "default": 5}, "How many."),
        ),
    ),
    "articles.list_misses": inbox_call(
        {200: models.MissList},
        ("invalid",),
        query=(
            Parameter(
                "status", {"type": "string", "enum": list(get_args(models.MissStatus)), "default": "open"}, "Which."
            ),
            "limit",
            "cursor",
        ),
    ),
    "articles.settle_miss": inbox_call({200: models.Miss}, (*BODY, *_OF_ONE), Body(models.MissBody)),
    "articles.read_article": inbox_call({200: models.Article}, ("not_found",)),
    "articles.change_article": inbox_call({200: models.Article}, _CHANGED, Body(models.ChangedArticleBody, BODY_MAX)),
    "articles.delete_article": inbox_call({204: None}, _OF_ONE),
    "articles.list_versions": inbox_call(
        {200: models.ArticleVersions}, ("not_found", "invalid"), query=("limit", "cursor")
    ),
    "articles.restore_version": inbox_call({200: models.Article}, _CHANGED, Body(models.RestoreArticleBody)),
}
