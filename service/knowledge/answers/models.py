"""What the call of guests who ask takes and answers, as models."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from service.conversations.models import AnswerSource, said
from service.core.locale import Locale
from service.core.mapper import Inbound, Outbound


class QuestionBody(Inbound):
    """`POST /answers`."""

    question: Annotated[str, AfterValidator(said)]
    locale: Locale


class FoundAnswer(Outbound):
    """A piece of a published article, word for word."""

    text: str
    sources: list[AnswerSource]


class ToldAnswer(Outbound):
    """What is known for a question."""

    answer: FoundAnswer | None = Field(description="Null where nothing is known, or is to be said.")
    locale: Locale = Field(description="The language that the question is in.")
    mode: Literal["off", "extractive", "generative"] = Field(
        description="`off`: no questions are answered. `generative`: a guest's session may ask for more."
    )
