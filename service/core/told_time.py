"""A moment as people say it: 내일 오전 9시, tomorrow at 9 AM.

Belongs here: words for a moment that comes, for a day that was. Does not belong here: when something is
(`core/hours.py`).
"""

from __future__ import annotations

from datetime import date, datetime

from service.core.locale import Locale

_WEEKDAYS: dict[Locale, tuple[str, ...]] = {
    "ko": ("월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def told_moment(moment: datetime | None, now: datetime, locale: Locale) -> str:
    """`moment` in its own time zone, as seen from `now`; in English with its preposition.

    None is a moment that nobody knows: the sentence around it stays a sentence.
    """
    if moment is None:
        return "다음 상담 시간" if locale == "ko" else "in our next opening hours"
    days = (moment.date() - now.astimezone(moment.tzinfo).date()).days
    day, clock = _day(moment, days, locale), _clock(moment, locale)
    if locale == "ko":
        return f"{day} {clock}".strip()
    return f"{day} at {clock}".strip()


def told_day(day: date, locale: Locale) -> str:
    """A day whole, with its year."""
    if locale == "ko":
        return f"{day.year}년 {day.month}월 {day.day}일"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _day(moment: datetime, days: int, locale: Locale) -> str:
    if days == 0:
        return "오늘" if locale == "ko" else "today"
    if days == 1:
        return "내일" if locale == "ko" else "tomorrow"
    weekday = _WEEKDAYS[locale][moment.weekday()]
    if days < 7:
        return weekday if locale == "ko" else f"on {weekday}"
    if locale == "ko":
        return f"{moment.month}월 {moment.day}일 {weekday}"
    return f"on {weekday}, {moment.day} {_MONTHS[moment.month - 1]}"


def _clock(moment: datetime, locale: Locale) -> str:
    hour, minute = moment.hour, moment.minute
    if locale == "ko":
        # Twelve o'clock has two names of its own; "오전 12시" is one that people read differently.
        part = "" if hour == 0 else "낮 " if hour == 12 else "오전 " if hour < 12 else "오후 "
        return f"{part}{hour - 12 if hour > 12 else hour}시" + (f" {minute}분" if minute else "")
    if minute == 0 and hour in (0, 12):
        return "noon" if hour else "midnight"
    return f"{hour % 12 or 12}" + (f":{minute:02}" if minute else "") + (" AM" if hour < 12 else " PM")
