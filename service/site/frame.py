"""How every page is made: its language, its frame, its headers, the small page about an error.

Belongs here: what all pages share. Does not belong here: any one page (`pages.py` of each feature), who is signed in:
a frame shows it, and is told how to ask by whoever composes the app.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import urlencode
from uuid import UUID

from flask import Flask, Response, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from service.core.locale import LOCALES, Locale
from service.http.compress import packed
from service.http.context import part
from service.http.limits import whole_seconds
from service.settings import Settings
from service.site.texts import COOKIE, NAMES, TEXTS, current_locale, waiting_texts

_YEAR = 365 * 24 * 3600
# Seconds after which to try again where nobody said.
_WAIT = 2.0
_NOTICES = frozenset({"confirmed", "deleted", "password"})
# Where a form may lead afterwards: names of ours, so that no address from outside is ever followed.
PLACES = {
    "account": "own_page.account",
    "developers": "site.developers",
    "admin": "inbox_screen.screen",
}
# Every place of the operators' screen has an address of its own, and its name is that address without the slash before.
_SCREEN = re.compile(r"inbox(?:/[a-z0-9-]{1,64}){0,4}", re.ASCII)
_EXTENSION = "munui.visitor"


class Visitor(Protocol):
    """Who is signed in, as far as a page shows it."""

    @property
    def id(self) -> UUID:
        """The account."""

    @property
    def email(self) -> str | None:
        """Its address."""


def install(app: Flask, visitor: Callable[[], Visitor | None]) -> None:
    """Make the pages of `app` for whoever `visitor` says is looking; None is a guest."""
    app.extensions[_EXTENSION] = visitor


def page(
    template: str, status: int = 200, *, wait: float | None = None, is_public: bool = False, **values: object
) -> Response:
    """A page for this request. `wait` is in seconds, for a page that asks to come again.

    One that `is_public` holds nothing of a guest who looks at it, and travels small to guests.

    Raises RateLimited, UpstreamUnavailable where the visitor's session cannot be looked at.
    """
    member: Visitor | None = current_app.extensions[_EXTENSION]()
    kept = request.args.to_dict()
    seconds = whole_seconds(wait or _WAIT)
    response = make_response(_render(template, member, kept, seconds, **values), status)
    if status in {429, 503}:
        response.headers["Retry-After"] = str(seconds)
    return _localized(packed(response) if is_public and member is None else response)


def error_page(code: str, status: int, seconds: int = 0) -> str:
    """A small page about an error, over in `seconds` perhaps. Asks nobody: it must work when nothing else does."""
    locale = current_locale()
    message = (TEXTS[locale] | waiting_texts(locale, seconds))[f"error_{code}"]
    # What stood in the address is not said again: it may be what was wrong.
    return _render("error.html", None, {}, seconds, message=message, status=status)


def place_to_go() -> str:
    """The address that `next` of this request names; the first page where it names none of ours."""
    name = wished_place()
    return f"/{name}" if _SCREEN.fullmatch(name) else url_for(PLACES.get(name, "site.index"))


def wished_place() -> str:
    """`next` of this request if it is a name of ours, else empty."""
    name = request.values.get("next", "")
    return name if name in PLACES or _SCREEN.fullmatch(name) else ""


def notice() -> str | None:
    """The text that `notice` of this request names, if it is one of ours."""
    name = request.args.get("notice")
    return f"notice_{name}" if name in _NOTICES else None


def see_other(endpoint: str, **values: Any) -> BaseResponse:
    """The answer to a form that succeeded: a reload repeats nothing."""
    return redirect(url_for(endpoint, **values), 303)


def _render(template: str, member: Visitor | None, kept: dict[str, str], seconds: int, **values: object) -> str:
    locale = current_locale()
    return render_template(
        template,
        t=TEXTS[locale] | waiting_texts(locale, seconds),
        locale=locale,
        languages=[(name, NAMES[name], _in_language(name, kept)) for name in LOCALES],
        member=member,
        is_local=part(Settings).is_local_stack,
        **values,
    )


def _in_language(locale: Locale, kept: dict[str, str]) -> str:
    """This page in a language. Only a query, never a path: a path of `//elsewhere` would lead away."""
    return "?" + urlencode({**kept, "lang": locale})


def _localized(response: Response) -> Response:
    locale = current_locale()
    response.headers["Content-Language"] = locale
    response.vary.update(("Accept-Language", "Cookie"))
    if request.args.get("lang") in LOCALES:
        secure = part(Settings).cookie_secure
        response.set_cookie(COOKIE, locale, max_age=_YEAR, secure=secure, httponly=True, samesite="Lax")
    return response
