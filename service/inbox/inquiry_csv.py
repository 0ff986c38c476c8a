"""Inquiries as a CSV file that opens in Excel as it is.

Belongs here: columns, cells and their harmlessness. Does not belong here: which inquiries.

A spreadsheet takes a cell that begins with one of a few characters for a formula, and a stranger wrote these cells:
such a one gets an apostrophe in front, which spreadsheets show as text.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator

from service.core import mapper
from service.core.mapper import Row
from service.inbox.inquiry_fields import Labels
from service.site.texts import TEXTS

_BOM = "\ufeff"
# The last four are the full-width forms, which some spreadsheets read as the plain ones.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_COLUMNS = ("created_at", "status", "done_at", "locale", "user_id", "conversation_id", "id", "step_id")


def csv_file(pages: Iterable[list[Row]], labels: Labels) -> Iterator[bytes]:
    """The file, a page of inquiries at a time, in UTF-8 with a byte order mark."""
    texts = TEXTS[labels.locale]
    head = [texts[f"csv_{name}"] for name in _COLUMNS]
    yield (_BOM + _lines([[*head, *labels.fields.values(), texts["csv_more"]]])).encode()
    for rows in pages:
        yield _lines([_cells(row, labels) for row in rows]).encode()


def harmless(text: str) -> str:
    """`text` as a cell that no spreadsheet takes for a formula."""
    # Spaces in front do not make a formula safe everywhere.
    return f"'{text}" if text.lstrip(" \u00a0\u3000").startswith(_FORMULA) or text.startswith(_FORMULA) else text


def _cells(row: Row, labels: Labels) -> list[str]:
    values = row["values"]
    known = [labels.shown(name, values.get(name)) for name in labels.fields]
    more = {name: value for name, value in values.items() if name not in labels.fields}
    return [*map(str, _facts(row, labels)), *known, json.dumps(more, ensure_ascii=False) if more else ""]


def _facts(row: Row, labels: Labels) -> Iterator[str]:
    for name in _COLUMNS:
        value = row[name]
        if value is not None and name in mapper.TIMES:
            value = mapper.timestamp(value)
        yield TEXTS[labels.locale][f"status_{value}"] if name == "status" else value or ""


def _lines(rows: Iterable[list[str]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([[harmless(cell) for cell in row] for row in rows])
    return text.getvalue()
