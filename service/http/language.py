"""The language of an API request: what its Accept-Language prefers, else the default of the settings."""

from __future__ import annotations

from flask import request

from service.core.locale import LOCALES, Locale
from service.http.context import part
from service.settings import Settings


def request_locale() -> Locale:
    """The language that this request asks for."""
    return known_locale(request.accept_languages.best_match(LOCALES))


def known_locale(name: str | None) -> Locale:
    """`name` if we speak it, else the default."""
    return next((locale for locale in LOCALES if locale == name), part(Settings).default_locale)
