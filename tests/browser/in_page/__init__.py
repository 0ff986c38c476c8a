"""What tests run in a page: one JavaScript expression a file. No assertions."""

from __future__ import annotations

from pathlib import Path


def in_page(name: str) -> str:
    """The expression of that name, without the semicolon that the formatter ends it with."""
    return Path(__file__).with_name(f"{name}.js").read_text(encoding="utf-8").strip().removesuffix(";")
