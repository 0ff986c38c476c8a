"""What the figures answer, as models. Times are in whole seconds."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from service.core.mapper import Outbound
from service.inbox.models import LabelName


class Spread(Outbound):
    """Times, by two of them: half took at most the one, nine of ten at most the other."""

    median: int
    p90: int


class WaitingNow(Outbound):
    """Who waits for a person at this moment, whatever days are asked for."""

    count: int = Field(description="As the view `waiting` shows them.")
    longest_since: datetime | None
    longest_seconds: int | None
    longest_working_seconds: int | None


class FirstAnswers(Outbound):
    """Those who asked for a person in these days, and how long the first word of one took."""

    asked: int
    answered: int
    waiting: int = Field(description="Not answered yet.")
    left: int = Field(description="Completed, or back with the bot, without an answer.")
    seconds: Spread | None
    working_seconds: Spread | None = Field(description="The part of it that was within the team's hours of then.")


class Completions(Outbound):
    """What was completed in these days, and how long it took since it was people's."""

    completed: int
    by_bot: int = Field(description="Completed with the bot alone; in no other figure.")
    unanswered: int = Field(description="Of those completed, how many got no answer of a person.")
    seconds: Spread | None
    working_seconds: Spread | None


class FiguresOfDay(Outbound):
    """A day of the team's time zone."""

    date: date
    begun: int
    asked: int
    answered: int = Field(description="Of those who asked on this day.")
    completed: int
    completed_by_bot: int
    seconds: Spread | None = Field(description="Until the first answer, of those who asked on this day.")


class FiguresOfOperator(Outbound):
    """An operator who is there, or did something in these days."""

    id: UUID
    display_name: str
    is_active: bool
    messages: int
    first_answers: int
    completed: int
    seconds: Spread | None = Field(description="Until the first answers that they gave.")


class FiguresOfLabel(LabelName):
    """A topic: a label, as conversations have it now. One with two labels counts for both."""

    begun: int
    asked: int
    answered: int
    seconds: Spread | None


class Ratings(Outbound):
    """What customers said in these days. The last word on a conversation counts."""

    count: int
    average: float | None
    scores: Annotated[list[int], Field(min_length=5, max_length=5, description="How many said 1, 2, 3, 4 and 5.")]


class Figures(Outbound):
    """The figures of some days."""

    from_: Annotated[date, Field(alias="from")]
    to: date
    time_zone: str
    counts: dict[str, str] = Field(description="What each figure counts, in words, in the language of the request.")
    waiting: WaitingNow
    begun: int = Field(description="Conversations that began in these days.")
    first_answers: FirstAnswers
    completions: Completions
    days: list[FiguresOfDay]
    operators: list[FiguresOfOperator]
    labels: list[FiguresOfLabel]
    ratings: Ratings
