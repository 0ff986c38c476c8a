"""Cells that look right in Excel and in LibreOffice as they are.

Belongs here: cells, lines and their harmlessness. Does not belong here: what stands in a file.

A spreadsheet takes a cell that begins with one of a few characters for a formula, and one that looks like a number, a
date or a truth value for that: `01012345678` loses its zero, `1-2` becomes a day. A stranger wrote these cells, so such
a one gets a tab in front: spreadsheets then take it for text, and show nothing of the tab, unlike an apostrophe. Who
reads the file with a program drops one tab at the beginning of a cell (`written`) and has every value back.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable

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
