"""Inquiries as a CSV file that looks right in Excel and in LibreOffice as it is.

Belongs here: columns, cells and their harmlessness. Does not belong here: which inquiries.

A spreadsheet takes a cell that begins with one of a few characters for a formula, and one that looks like a number, a
date or a truth value for that: `01012345678` loses its zero, `1-2` becomes a day. A stranger wrote these cells, so such
a one gets a tab in front: spreadsheets then take it for text, and show nothing of the tab, unlike an apostrophe. Who
reads the file with a program drops one tab at the beginning of a cell (`written`) and has every value back.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

from service.core import mapper
from service.core.mapper import Row
from service.inbox.inquiry_fields import Labels
from service.site.texts import NAMES, TEXTS

# Without it spreadsheets take UTF-8 for something else.
BOM = "\ufeff"
# The last four are the full-width forms, which some spreadsheets read as the plain ones.
_MARK = "\t"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Digits with whatever numbers, dates, times and sums of money are written with, in Korean and English; truth values.
_READ_AS_DATA = re.compile(
    r"[\s\d.,:/()%₩$€£¥~'+-]*(?:\d|true|false)(?:[\s\d.,:/()%₩$€£¥~'+-]|e|[ap]m|년|월|일|시|분|초|오전|오후|원"
    r"|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)*"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[\s.,'/-]*\d[\s\d.,:/'-]*(?:[ap]m)?"
    r"|(?:오전|오후)\s*\d.*|참|거짓",
    re.IGNORECASE,
)
_COLUMNS = ("created_at", "status", "done_at", "locale", "user_id", "conversation_id", "id", "step_id")
# Ours, with four hyphens between groups of hexadecimal digits: no spreadsheet reads a date or a number into one.
_IDS = frozenset({"user_id", "conversation_id", "id"})


def csv_file(pages: Iterable[list[Row]], labels: Labels, clock: Callable[[str | None], str]) -> Iterator[bytes]:
    """The file, page by page, in UTF-8 with a byte order mark. `clock` tells times as the page does."""
    texts = TEXTS[labels.locale]
    head = [texts[f"csv_{name}"] for name in _COLUMNS] + [*map(harmless, labels.fields.values()), texts["csv_more"]]
    yield (BOM + csv_lines([head])).encode()
    for rows in pages:
        yield csv_lines([_cells(row, labels, clock) for row in rows]).encode()


def harmless(text: str) -> str:
    """`text` as a cell that every spreadsheet takes for text."""
    # Spaces in front do not make a formula safe everywhere.
    is_formula = text.startswith(_FORMULA) or text.lstrip(" \u00a0\u3000").startswith(_FORMULA)
    return _MARK + text if is_formula or _READ_AS_DATA.fullmatch(unicodedata.normalize("NFKC", text)) else text


def written(cell: str) -> str:
    """The reverse of `harmless`."""
    return cell.removeprefix(_MARK)


def csv_lines(rows: Iterable[list[str]]) -> str:
    """Rows as lines of the file."""
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue()


def _cells(row: Row, labels: Labels, clock: Callable[[str | None], str]) -> list[str]:
    values = row["values"]
    known = [labels.shown(name, values.get(name)) for name in labels.fields]
    more = {name: value for name, value in values.items() if name not in labels.fields}
    said = [*known, json.dumps(more, ensure_ascii=False) if more else ""]
    return [*_facts(row, labels, clock), *map(harmless, said)]


def _facts(row: Row, labels: Labels, clock: Callable[[str | None], str]) -> Iterator[str]:
    """What we say of an inquiry: times are to be times in a spreadsheet, too."""
    for name in _COLUMNS:
        value = row[name]
        if name.endswith(mapper.TIMES):
            yield clock(value)
        elif name == "status":
            yield TEXTS[labels.locale][f"status_{value}"]
        elif name == "locale":
            yield NAMES.get(value) or str(value)
        elif name in _IDS:
            yield str(value or "")
        else:
            yield harmless(str(value or ""))
