"""What a person did. Facts, in the past tense; whether they fit is the engine's to say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class TextWritten:
    """Free text, trimmed, 1 to 4,000 code points."""

    content: str


@dataclass(frozen=True, slots=True)
class ChipClicked:
    """A chip of the chips that the step `step_id` showed."""

    step_id: str
    chip_id: str


@dataclass(frozen=True, slots=True)
class FormSubmitted:
    """The form that the step `step_id` showed, as it was filled in."""

    step_id: str
    values: dict[str, Any] = field(default_factory=dict)


Event = TextWritten | ChipClicked | FormSubmitted
