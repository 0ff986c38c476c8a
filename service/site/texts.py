"""Which language a request gets, and where the texts of the pages are.

Belongs here: choosing. Does not belong here: the texts (`texts_ko.py`, `texts_en.py`), what the bot says (the flow),
what the chat element says (its own module).
"""

from __future__ import annotations

from flask import request

from service.core.locale import LOCALES, Locale
from service.http.context import part
from service.settings import Settings
from service.site.texts_en import EN
from service.site.texts_ko import KO

COOKIE = "lang"
TEXTS: dict[Locale, dict[str, str]] = {"ko": KO, "en": EN}
# Each language in its own words.
NAMES: dict[Locale, str] = {"ko": "한국어", "en": "English"}


def current_locale() -> Locale:
    """The language of this request: `?lang=`, then the cookie, then the browser's wish, then the setting."""
    for wish in (
        request.args.get("lang"),
        request.cookies.get(COOKIE),
        request.accept_languages.best_match(LOCALES),
    ):
        for locale in LOCALES:
            if wish == locale:
                return locale
    return part(Settings).default_locale


def text(key: str) -> str:
    """The text of `key` in the language of this request."""
    return TEXTS[current_locale()][key]
