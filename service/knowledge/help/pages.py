"""The help pages: the list of a language, what is found for a question, an article. They work without a script.

Belongs here: reading the request, who sees what, the page. Does not belong here: how Markdown becomes HTML
(`core/markdown.py`), what is found (the database).
"""

from __future__ import annotations

from datetime import tzinfo
from typing import Any

import structlog
from flask import Blueprint, Response, request

from service.conversations.responding import team_of
from service.conversations.team import TeamRow
from service.core.errors import Internal, NotFound, UpstreamUnavailable
from service.core.markdown import html_of
from service.core.team import UNKNOWN_TEAM
from service.core.text import is_storable
from service.http.context import part
from service.http.limits import Limits
from service.knowledge.help import actions, shown
from service.knowledge.help.reading import reader
from service.settings import Settings
from service.site.frame import page
from service.site.texts import current_locale
from service.supabase.clients import Upstream

log = structlog.get_logger(__name__)

bp = Blueprint("help", __name__, url_prefix="/help")

LONGEST_QUESTION = 200
# So many articles on a page of the list; the last one of them has a link to the next.
PAGE = 60
_LAST_PAGE = 1000


@bp.get("")
def index() -> Response:
    """The articles of this language, or those that answer `q`."""
    question = " ".join(request.args.get("q", "").split())[:LONGEST_QUESTION]
    if question and is_storable(question):
        asker = reader()
        if asker.audience:
            part(Limits).check_question()
        found = actions.find(asker, question, current_locale())
        if not found:
            _keep_miss(question)
        return _page("help/found.html", question=question, articles=shown.found(found))
    number = _page_number()
    rows = actions.published(reader(), current_locale(), PAGE + 1, (number - 1) * PAGE)
    if not rows and number > 1:
        raise NotFound
    return _page("help/index.html", articles=rows[:PAGE], number=number, has_more=len(rows) > PAGE)


@bp.get("/<slug>")
def article(slug: str) -> Response:
    """One article. Whoever may not read it is told what everybody is told of an address with nothing at it."""
    if not is_storable(slug):
        raise NotFound
    locale = current_locale()
    # One address may hold the same article in both languages; the one that is read comes first.
    rows = sorted(actions.article(reader(), slug), key=lambda row: row["locale"] != locale)
    if not rows:
        raise NotFound
    html, day = html_of(rows[0]["body"]), shown.day(rows[0]["updated_at"], _zone(), locale)
    return _page("help/article.html", article=rows[0], html=html, summary=shown.summary(html), day=day)


def _keep_miss(question: str) -> None:
    """The team reads what found nothing. Not so of the search in the chat, which asks at every rest of who types."""
    if request.method != "GET" or not part(Limits).keeps_miss():
        return
    try:
        actions.keep_miss(part(Upstream), question, current_locale())
    except (Internal, UpstreamUnavailable) as error:
        # The page says that nothing was found all the same.
        log.warning("miss_not_kept", error=error.code)


def _zone() -> tzinfo:
    """The team's time zone; UTC where nobody can tell."""
    try:
        return team_of(part(TeamRow).get()).hours.zone
    except (Internal, UpstreamUnavailable) as error:
        log.warning("team_unknown", error=error.code)
        return UNKNOWN_TEAM.hours.zone


def _page(template: str, **values: Any) -> Response:
    return page(template, is_public=True, app_url=part(Settings).app_url, **values)


def _page_number() -> int:
    given = request.args.get("page", "1")
    return int(given) if given.isdecimal() and given.isascii() and 0 < int(given[:5]) <= _LAST_PAGE else 1
