"""The help as JSON, for the chat on other people's pages. Nobody need be signed in; a member may read more.

Belongs here: reading the request, what is told. Does not belong here: the pages of the help (`pages.py`), which rows
(`actions.py`), taking an article apart (`parts.py`).
"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from service.core import mapper
from service.core.errors import FieldError, Invalid, NotFound
from service.core.locale import LOCALES, Locale
from service.core.markdown import html_of
from service.core.text import is_storable, trim
from service.http.context import part
from service.http.language import known_locale, request_locale
from service.http.limits import Limits
from service.http.paging import all_of
from service.http.query import one_of
from service.knowledge.help import actions, shown
from service.knowledge.help.actions import Reader
from service.knowledge.help.parts import parts_of
from service.knowledge.help.reading import reader

bp = Blueprint("help_api", __name__, url_prefix="/api/v1/help")

LONGEST_QUERY = 200
# As many as stand in the chat before anything is looked for, and as much of a piece as a list has room for.
FEW = 5
_EXCERPT = 160
# A second: what is withdrawn is gone from then on.
_IS_KEPT = "public, max-age=1"


@bp.get("")
def find() -> Response:
    """Articles for the words `q`, the best first; without words the newest ones."""
    words, locale = all_of(_words, _locale)
    asker = reader()
    if words and asker.audience:
        part(Limits).check_question()
    if not words:
        newest = actions.newest(asker, locale, FEW)
        return _told(asker, articles=[_listed(row) | {"excerpt": None} for row in newest])
    found = shown.found(actions.find(asker, words, locale))
    return _told(asker, articles=[_listed(row) | {"excerpt": row["text"][:_EXCERPT]} for row in found])


@bp.get("/<slug>")
def read(slug: str) -> Response:
    """One article; in the other language where it has only that."""
    locale = _locale()
    if not is_storable(slug):
        raise NotFound
    asker = reader()
    rows = sorted(actions.article(asker, slug), key=lambda row: row["locale"] != locale)
    if not rows:
        raise NotFound
    row = rows[0]
    told = _listed(row) | mapper.outside(row, ("audience", "updated_at")) | {"body": parts_of(html_of(row["body"]))}
    return _told(asker, article=told)


def _listed(row: mapper.Row) -> dict[str, object]:
    return mapper.outside(row, ("slug", "title", "locale"))


def _told(asker: Reader, **body: object) -> Response:
    answer = jsonify(body)
    answer.vary.update(("Authorization", "Cookie"))
    if asker.audience:
        answer.headers["Cache-Control"] = _IS_KEPT
    return answer


def _words() -> str:
    words = trim(request.args.get("q", ""))
    if len(words) > LONGEST_QUERY or not is_storable(words):
        raise Invalid(errors=[FieldError("q", f"must be at most {LONGEST_QUERY} characters, without U+0000")])
    return words


def _locale() -> Locale:
    given = one_of("locale", LOCALES)
    return request_locale() if given is None else known_locale(given)
