"""Telephone numbers and e-mail addresses: the one form in which two ways of writing the same are equal.

Belongs here: normal forms. Does not belong here: which values a form takes (`service/dialogue/form.py`), which
addresses an account may have (`service/accounts/form_page.py`). What a person wrote is always kept as it was; this
stands beside it.
"""

from __future__ import annotations

import re
import unicodedata

import idna
import phonenumbers

# Where a number without a country is from.
REGION = "KR"
# What the library does not know: a dot in the middle, and 내선 for the extension.
_OURS = str.maketrans({"·": "-", "내": "", "선": "x"})
# As a country is dialled in most of the world; from here it is 001 and the like, which the library knows.
_ABROAD = re.compile(r"^[\s(]*00")


def normal_phone(text: str) -> str | None:
    """A number in E.164, such as `+821012345678`, or `+8221234567;ext=12`; None where it can be nobody's."""
    plain = unicodedata.normalize("NFKC", text).translate(_OURS)
    number = _number(plain) or _number(_ABROAD.sub("+", plain))
    if number is None:
        return None
    normal = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{normal};ext={number.extension}" if number.extension else normal


def normal_email(text: str) -> str | None:
    """An address as mail servers take it: composed, the domain in small ASCII letters; None where it is no address."""
    local, at, domain = unicodedata.normalize("NFKC", text).rpartition("@")
    if not (local and at):
        return None
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode('ascii')}"
    except idna.IDNAError:
        return None


def _number(text: str) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None
