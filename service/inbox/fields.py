"""Fields that several bodies of the inbox have: texts, names, moments, counters.

Belongs here: what a field may say by itself. Does not belong here: whether it fits what there is (the database).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from datetime import date as _date
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, StrictInt, StringConstraints

from service.core.errors import Invalid
from service.core.text import user_text

# The default of what a body may leave out, where null would mean something else or nothing.
LEFT_OUT: Any = None

LONGEST_NOTE = 16_000
_LONGEST_NAME = 80
_LONGEST_WORD = 50
_COLOR = "^#[0-9a-fA-F]{6}$"


def within(longest: int) -> Callable[[str], str]:
    """A rule for a text of a person's: trimmed, 1 to `longest` code points, with something to be seen."""

    def said(text: str) -> str:
        try:
            return user_text(text, longest=longest)
        except Invalid as error:
            raise ValueError(error.errors[0].message) from None

    return said


def _one_word(text: str) -> str:
    if re.search(r"\s", text):
        raise ValueError("must be one word")
    return text


def _written(value: object) -> object:
    # Else a number would be taken for seconds since 1970.
    if not isinstance(value, str):
        raise ValueError("must be a time, such as 2027-01-01T09:00:00Z")  # noqa: TRY004 - pydantic takes it for a fault
    return value


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("must be the IANA name of a time zone, such as Asia/Seoul")
    return name


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("must say its offset, such as Z")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("is out of range") from None


Text = Annotated[str, AfterValidator(within(4_000))]
NoteText = Annotated[str, AfterValidator(within(LONGEST_NOTE))]
Name = Annotated[str, AfterValidator(within(_LONGEST_NAME))]
LabelName = Annotated[str, AfterValidator(within(_LONGEST_WORD))]
Shortcut = Annotated[str, AfterValidator(within(_LONGEST_WORD)), AfterValidator(_one_word)]
Address = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^@\s]+@[^@\s]+$", max_length=320)]
Color = Annotated[str, StringConstraints(pattern=_COLOR)]
Picture = Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$", max_length=2048)]
Moment = Annotated[datetime, BeforeValidator(_written), AfterValidator(_in_utc)]
Day = Annotated[_date, BeforeValidator(_written)]
Zone = Annotated[str, AfterValidator(_zone)]
WholeNumber = StrictInt
Rev = Annotated[StrictInt, Field(ge=0, le=2**63 - 1)]
Flag = StrictBool
Handling = Literal["bot", "waiting", "agent"]
Status = Literal["open", "completed"]
View = Literal["waiting", "mine", "unassigned", "open", "bot", "snoozed", "completed", "all"]
Priority = Literal["low", "normal", "high", "urgent"]
Availability = Literal["online", "away", "offline"]
Role = Literal["admin", "agent"]
