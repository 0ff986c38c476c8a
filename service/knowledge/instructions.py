"""What the assistant is told to do: the settings of admins as everybody who answers reads them.

Belongs here: their form inside, and what follows from them alone. Does not belong here: what they do to a prompt or a
turn (who answers), how admins change them (`assistant/`).
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from service.core.mapper import Row

Mode = Literal["off", "extractive", "generative"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Words(_Part):
    """What is said in each language; empty for nothing of its own."""

    ko: str
    en: str

    def of(self, locale: str) -> str:
        """The words in a language."""
        return self.en if locale == "en" else self.ko


class Handover(_Part):
    """When a person is asked, as an instruction to the model, and what customers are told then."""

    when: str
    words: Words


class Budgets(_Part):
    """What may be spent: millionths of the currency that the model's prices are in; 0 for nothing."""

    member_day: int
    project_month: int


class Instructions(_Part):
    """A version of the settings."""

    version: int
    mode: Mode
    tone: str
    policy: str
    rules: str
    forbidden_topics: tuple[str, ...]
    greeting: Words
    handover: Handover
    allowed_links: tuple[str, ...]
    budgets: Budgets


def instructions_of(row: Row) -> Instructions:
    """The settings as `kb_assistant_now` has them. Raises pydantic.ValidationError."""
    return Instructions.model_validate(row)
