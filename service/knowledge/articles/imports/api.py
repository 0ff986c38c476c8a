"""The API for operators: imports of articles. Admins ask for them; everybody sees how they go."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, jsonify

from service.core.errors import Invalid
from service.core.mapper import Row
from service.http.context import part
from service.http.json_body import KIB, body_of, first_refused, json_object
from service.http.paging import cursor_of_list, list_place
from service.inbox.asking import Asking
from service.inbox.requests import asking, known_id
from service.knowledge.articles.imports import actions, shown, sites
from service.knowledge.articles.imports.files import MOST_BYTES, entries_of
from service.knowledge.articles.imports.models import ArticleImportBody, FilesBody, WebBody
from service.outside.addresses import checked_url
from service.settings import Settings

bp = Blueprint("article_imports", __name__, url_prefix="/api/v1/inbox/articles/imports")

# In bytes: base64 is a third longer than what it says, and names and fields stand around it.
BODY_MAX = MOST_BYTES * 4 // 3 + 256 * KIB
_LONGEST_SOURCE = 300


@bp.post("")
def start_import() -> tuple[Response, int]:
    """Bring in files, pages or a site. Where anything in the files is wrong, nothing of them is taken."""
    who = asking()
    body = body_of(ArticleImportBody, json_object(max_bytes=BODY_MAX), who.must_be_admin).root
    # Who may not is told nothing of a name or a file.
    who.must_be_admin()
    row = _start_files(who, body) if isinstance(body, FilesBody) else _start_pages(who, body)
    return jsonify(shown.whole(row)), 202


@bp.get("")
def list_imports() -> Response:
    """Imports, newest first."""
    who = asking()
    limit, before = first_refused(list_place, who.rights)
    rows = actions.list_imports(who, limit, before)
    more = cursor_of_list(rows[limit - 1], "created_at") if len(rows) > limit else None
    return jsonify(imports=[shown.entry(row) for row in rows[:limit]], nextCursor=more)


@bp.get("/<import_id>")
def read_import(import_id: str) -> Response:
    """How an import goes, and what became of each file, row or page."""
    return jsonify(shown.whole(actions.read(asking(), known_id(import_id))))


@bp.post("/<import_id>/cancel")
def cancel_import(import_id: str) -> Response:
    """Stop an import. What it has taken over stays."""
    return jsonify(shown.whole(actions.cancel(asking(), known_id(import_id))))


def _start_files(who: Asking, body: FilesBody) -> Row:
    entries = entries_of(body.kind, body.handed_in, body.defaults)
    source = ", ".join(one.name for one in body.files)
    shortened = source if len(source) <= _LONGEST_SOURCE else source[: _LONGEST_SOURCE - 1] + "…"
    return actions.start(who, body.kind, shortened, body.settings, entries)


def _start_pages(who: Asking, body: WebBody) -> Row:
    check = partial(checked_url, body.url, allows_private=part(Settings).import_allow_private)
    url = sites.normal(check())
    if url is None:
        raise Invalid
    return actions.start(who, "web", url, {**body.settings, "url": url}, None)
