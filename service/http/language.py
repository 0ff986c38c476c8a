"""The language of an API request: what its Accept-Language prefers, else the default of the settings."""

from __future__ import annotations

from flask import request

from service.dialogue.state import LOCALES, Locale
from service.http.context import services


def request_locale() -> Locale:
    """The language that this request asks for."""
    return known_locale(request.accept_languages.best_match(LOCALES))


def known_locale(name: str | None) -> Locale:
    """`name` if we speak it, else the default."""
    return next((locale for locale in LOCALES if locale == name), services().settings.default_locale)
