"""Inquiries as a CSV file, a line each.

Belongs here: columns, and how a row fills them. Does not belong here: which inquiries, what keeps a cell harmless
(`service/inbox/spreadsheet.py`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone

from service.core import mapper
from service.core.mapper import Row
from service.inbox.inquiries.inquiry_fields import Labels
from service.inbox.spreadsheet import BOM, csv_lines, harmless
from service.site.texts import NAMES, TEXTS

# The file says that its times are Korea's, which knows no summer time.
ZONE = timezone(timedelta(hours=9), "KST")
_COLUMNS = ("created_at", "status", "done_at", "locale", "user_id", "conversation_id", "id", "step_id")
# Ours, with four hyphens between groups of hexadecimal digits: no spreadsheet reads a date or a number into one.
_IDS = frozenset({"user_id", "conversation_id", "id"})


def csv_file(pages: Iterable[list[Row]], labels: Labels) -> Iterator[str]:
    """The file, page by page."""
    texts = TEXTS[labels.locale]
    head = [texts[f"csv_{name}"] for name in _COLUMNS] + [*map(harmless, labels.fields.values()), texts["csv_more"]]
    yield BOM + csv_lines([head])
    for rows in pages:
        yield csv_lines([_cells(row, labels) for row in rows])


def _cells(row: Row, labels: Labels) -> list[str]:
    values = row["values"]
    known = [labels.shown(name, values.get(name)) for name in labels.fields]
    more = {name: value for name, value in values.items() if name not in labels.fields}
    said = [*known, json.dumps(more, ensure_ascii=False) if more else ""]
    return [*_facts(row, labels), *map(harmless, said)]


def _facts(row: Row, labels: Labels) -> Iterator[str]:
    """What we say of an inquiry: times are to be times in a spreadsheet, too."""
    for name in _COLUMNS:
        value = row[name]
        if name.endswith(mapper.TIMES):
            yield _clock(value)
        elif name == "status":
            yield TEXTS[labels.locale][f"status_{value}"]
        elif name == "locale":
            yield NAMES.get(value) or str(value)
        elif name in _IDS:
            yield str(value or "")
        else:
            yield harmless(str(value or ""))


def _clock(text: str | None) -> str:
    return f"{datetime.fromisoformat(text).astimezone(ZONE):%Y-%m-%d %H:%M}" if text else ""
