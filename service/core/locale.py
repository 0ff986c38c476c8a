"""The languages that the product speaks."""

from __future__ import annotations

from typing import Literal

Locale = Literal["ko", "en"]
LOCALES: tuple[Locale, ...] = ("ko", "en")
