"""Which language a request gets, and where the texts of the pages are.

Belongs here: choosing. Does not belong here: the texts (`texts_ko.py`, `texts_en.py`), what the bot says (the flow),
what the chat element says (its own module).
"""

from __future__ import annotations

import math

from flask import request

from service.core.locale import LOCALES, Locale
from service.http.context import part
from service.settings import Settings
from service.site.texts_en import EN
from service.site.texts_ko import KO

_A_MINUTE_AND_A_HALF = 90
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


def waiting_texts(locale: Locale, seconds: int) -> dict[str, str]:
    """The texts of a language that say how long to wait, for so many seconds."""
    texts = TEXTS[locale]
    number, unit = (seconds, "seconds") if seconds < _A_MINUTE_AND_A_HALF else (math.ceil(seconds / 60), "minutes")
    wait = texts[f"wait_{unit}" if number > 1 else "wait_second"].format(n=number)
    return {key: texts[key].format(wait=wait) for key in ("auth_too_often", "error_rate_limited")}


def text(key: str) -> str:
    """The text of `key` in the language of this request."""
    return TEXTS[current_locale()][key]
