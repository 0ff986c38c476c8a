"""The API for operators: articles. All read them; admins write them.

Where somebody else saved in the meantime, the refusal says what stands there now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import get_args

from flask import Blueprint, Response, jsonify, request

from service.core.errors import FieldError, Invalid, SettingsChanged
from service.core.markdown import html_of
from service.http.json_body import KIB, body_of, first_refused, json_object
from service.http.paging import all_of, cursor_of_list, list_place, page_limit, version_cursor
from service.http.query import one_of
from service.inbox.asking import Asking
from service.inbox.requests import asking, known_id, storable
from service.knowledge.articles import actions, shown, store
from service.knowledge.articles.models import (
    ArticleBody,
    Audience,
    ChangedArticleBody,
    Locale,
    MissBody,
    MissStatus,
    PreviewBody,
    RestoreArticleBody,
    SourceKind,
    Status,
)

bp = Blueprint("articles", __name__, url_prefix="/api/v1/inbox/articles")

# In bytes: the longest text, in whichever letters and escapes.
BODY_MAX = 384 * KIB
LONGEST_QUERY = 500
MOST_FOUND = 20
_FILTERS = {"status": Status, "locale": Locale, "audience": Audience, "source": SourceKind}


@bp.get("")
def list_articles() -> Response:
    """Articles, last changed first."""
    who = asking()
    filters, (limit, before) = first_refused(lambda: all_of(_filters, list_place), who.rights)
    rows = actions.list_articles(who, filters, limit, before)
    more = cursor_of_list(rows[limit - 1], "updated_at") if len(rows) > limit else None
    return jsonify(articles=[shown.entry(row) for row in rows[:limit]], nextCursor=more)


@bp.post("")
def add_article() -> tuple[Response, int]:
    """Write an article."""
    who = asking()
    body = body_of(ArticleBody, json_object(max_bytes=BODY_MAX), who.must_be_admin)
    saved = store.add(who, body.values)
    return jsonify(shown.article(saved["article"])), 201 if saved["created"] else 200


@bp.post("/preview")
def preview_article() -> Response:
    """A text as it will be shown; nothing is kept."""
    who = asking()
    who.rights()
    body = body_of(PreviewBody, json_object(max_bytes=BODY_MAX), who.rights)
    return jsonify(html=str(html_of(body.body)))


@bp.get("/search")
def find_articles() -> Response:
    """What would be found for a question, with its scores."""
    who = asking()
    question, locale, audience, limit = first_refused(
        lambda: all_of(
            _question, partial(_choice, "locale", Locale), partial(_choice, "audience", Audience), _most_found
        ),
        who.rights,
    )
    rows = actions.find(who, question, locale, audience or "members", limit)
    return jsonify(results=[shown.found(row) for row in rows])


@bp.get("/misses")
def list_misses() -> Response:
    """Questions that nothing was found for."""
    who = asking()
    status, (limit, before) = first_refused(
        lambda: all_of(partial(_choice, "status", MissStatus), list_place), who.rights
    )
    rows = actions.list_misses(who, status or "open", limit, before)
    more = cursor_of_list(rows[limit - 1], "last_asked_at") if len(rows) > limit else None
    return jsonify(misses=[shown.miss(row) for row in rows[:limit]], nextCursor=more)


@bp.patch("/misses/<miss_id>")
def settle_miss(miss_id: str) -> Response:
    """Be done with a question, leave it, or take it up again."""
    who = asking()
    body = body_of(MissBody, json_object(), who.must_be_admin)
    return jsonify(shown.miss(actions.settle_miss(who, known_id(miss_id), body.status)))


@bp.get("/<article_id>")
def read_article(article_id: str) -> Response:
    """An article."""
    return jsonify(shown.article(actions.read_article(asking(), known_id(article_id))))


@bp.patch("/<article_id>")
def change_article(article_id: str) -> Response:
    """Change an article: it is another version then."""
    who, key = asking(), known_id(article_id)
    body = body_of(ChangedArticleBody, json_object(max_bytes=BODY_MAX), _not_there(who, article_id))
    with _telling_what_is_there():
        saved = store.change(who, key, body.values, body.if_version)
    return jsonify(shown.article(saved["article"]))


@bp.delete("/<article_id>")
def delete_article(article_id: str) -> tuple[str, int]:
    """Delete an article: it is in no answer from now on."""
    actions.delete_article(asking(), known_id(article_id))
    return "", 204


@bp.get("/<article_id>/versions")
def list_versions(article_id: str) -> Response:
    """An article as it was, newest first."""
    who, key = asking(), known_id(article_id)
    limit, before = first_refused(lambda: all_of(page_limit, version_cursor), partial(actions.read_article, who, key))
    rows = actions.list_versions(who, key, limit, before)
    more = str(rows[limit - 1]["version"]) if len(rows) > limit else None
    return jsonify(versions=[shown.version(row) for row in rows[:limit]], nextCursor=more)


@bp.post("/<article_id>/versions/<version>/restore")
def restore_version(article_id: str, version: str) -> Response:
    """Take an earlier title, text and questions again, as a new version."""
    who, key = asking(), known_id(article_id)
    body = body_of(RestoreArticleBody, json_object(), _not_there(who, article_id))
    number = int(version) if version.isascii() and version.isdigit() and len(version) <= 9 else 0
    who.must_be_admin()
    with _telling_what_is_there():
        saved = store.restore(who, key, number, body.if_version)
    return jsonify(shown.article(saved["article"]))


@contextmanager
def _telling_what_is_there() -> Iterator[None]:
    try:
        yield
    except SettingsChanged as error:
        if error.now is not None:
            error.extensions = {"current": shown.article(dict(error.now))}
        raise


def _not_there(who: Asking, article_id: str) -> Callable[[], None]:
    def refuse() -> None:
        who.must_be_admin()
        actions.read_article(who, known_id(article_id))

    return refuse


def _filters() -> dict[str, str]:
    """What the list is narrowed to. Raises Invalid with all of its faults."""
    chosen = all_of(*(partial(_choice, name, kind) for name, kind in _FILTERS.items()), _words)
    return {name: value for name, value in zip((*_FILTERS, "q"), chosen, strict=True) if value is not None}


def _choice(name: str, kind: object) -> str | None:
    return one_of(name, get_args(kind))


def _words() -> str | None:
    text = request.args.get("q", "").strip()
    if len(text) > LONGEST_QUERY:
        raise Invalid(errors=[FieldError("q", f"must have at most {LONGEST_QUERY} characters")])
    return storable(text) or None


def _question() -> str:
    text = _words()
    if text is None:
        raise Invalid(errors=[FieldError("q", "must not be empty")])
    return text


def _most_found() -> int:
    text = request.args.get("limit", "5")
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST_FOUND):
        raise Invalid(errors=[FieldError("limit", f"must be a whole number from 1 to {MOST_FOUND}")])
    return int(text)
