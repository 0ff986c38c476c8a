"""A flow: the dialogue as data.

Its shape only; whether it makes sense is checked when it is loaded (`service/dialogue/flows`).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from service.core.locale import Locale
from service.dialogue.form import DEFAULT_MAXLENGTH, SHORT_MAXLENGTH
from service.dialogue.message import Kind, Role

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Texts = dict[Locale, Annotated[str, StringConstraints(min_length=1, max_length=16_000)]]
Label = dict[Locale, Annotated[str, StringConstraints(min_length=1, max_length=200)]]
Effect = Literal["complete", "restart", "handover"]
FieldType = Literal["text", "textarea", "email", "phone", "select", "checkbox"]


class Part(BaseModel):
    """Base of everything in a flow: closed and frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Chip(Part):
    """A chip. `effect` is what a click also does: complete the conversation, restart it without its answers, or ask for
    a person. Where no person can be asked, the last one is a chip like any other."""

    id: Name
    label: Label
    to: Name
    effect: Effect | None = None


class Option(Part):
    """One choice of a select field."""

    value: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    label: Label


class FormField(Part):
    """One field of a form. Lengths are in code points, after trimming."""

    name: Name
    type: FieldType
    label: Label
    # What it is called where only its value stands, for a label that is a whole sentence.
    short: Label | None = None
    required: bool = False
    minlength: Annotated[int, Field(ge=0, le=4_000)] = 0
    maxlength: Annotated[int, Field(ge=1, le=4_000)] | None = None
    options: tuple[Option, ...] = ()
    help: Texts | None = None
    placeholder: Label | None = None
    autocomplete: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _say_maxlength(cls, data: Any) -> Any:
        # Said at once, so that it stands in what is kept: another default later must not change this flow.
        kind = data.get("type") if isinstance(data, dict) else None
        if kind not in ("text", "textarea", "email", "phone") or data.get("maxlength") is not None:
            return data
        return {**data, "maxlength": DEFAULT_MAXLENGTH.get(kind, SHORT_MAXLENGTH)}


class Form(Part):
    """A form, the step that its submission leads to, and the text that stands for it in the conversation."""

    fields: tuple[FormField, ...]
    to: Name
    submitted: Label
    inquiry: bool = False


class Line(Part):
    """One message that a step says: a text, a notice, chips or a form."""

    role: Role = Role.BOT
    kind: Kind
    text: Texts | None = None
    chips: tuple[Chip, ...] = ()
    form: Form | None = None


class OnText(Part):
    """What free text does at a step: something is said, it may be kept as a variable, it may lead on.

    With the effect `handover` a person is asked for, with `answer` the text is a question to the articles; what is said
    here is for where nobody can be asked, and for where no answers are given.
    """

    say: tuple[Line, ...] = ()
    save: Name | None = None
    to: Name | None = None
    effect: Literal["handover", "answer"] | None = None

    @property
    def leads_nowhere(self) -> bool:
        """Whether a text is of no use to the flow here, where it is not answered."""
        return self.save is None and self.to is None and self.effect != "handover"


class Step(Part):
    """What is said on entering, and what comes next: `then` at once, or whatever the person does."""

    say: tuple[Line, ...] = ()
    then: Name | None = None
    complete: bool = False
    on_text: OnText | None = None

    @property
    def interactive(self) -> Line | None:
        """The chips or form that wait for an answer at this step."""
        return next((line for line in self.say if line.kind in (Kind.CHIPS, Kind.FORM)), None)


class Announcement(Part):
    """What is said when a person is asked for, and a step that is entered with it, such as one that shows a form."""

    say: tuple[Line, ...] = ()
    to: Name | None = None


class Handover(Part):
    """What the flow says about people.

    One of `online` (somebody is there), `away` (within the hours, but nobody is) and `closed` is said when a person is
    asked for. `recorded` follows an answer that is given while people handle the conversation; `back` comes before the
    step `resume` when it is given back. `offer` is the step that offers a person after two texts in a row that led
    nowhere, `goodbye` the one that is entered when an operator completes the conversation.
    """

    online: Announcement
    away: Announcement
    closed: Announcement
    recorded: tuple[Line, ...] = ()
    back: tuple[Line, ...] = ()
    offer: Name | None = None
    goodbye: Name | None = None


class Answers(Part):
    """The steps that are entered where texts are answered from articles (`on_text: answer`).

    `found` shows the chips under an answer and has no text of its own there; `unknown` says that nothing was found;
    `looking` that somebody looks for it; `again` is entered where the same answer would be given twice in a row.
    `together` is said to each of several questions that waited, but the one that is replied to.
    """

    found: Name
    unknown: Name
    looking: Name
    again: Name
    together: tuple[Line, ...] = ()


class Flow(Part):
    """The whole dialogue. `version` is the hash of everything else."""

    name: Name
    version: str
    start: Name
    resume: Name
    otherwise: tuple[Line, ...]
    misfit: tuple[Line, ...]
    steps: dict[Name, Step]
    handover: Handover | None = None
    answers: Answers | None = None

    @property
    def answering(self) -> frozenset[str]:
        """The steps at which a text is a question to the articles."""
        return frozenset(
            name for name, step in self.steps.items() if step.on_text is not None and step.on_text.effect == "answer"
        )

    @property
    def goodbye(self) -> str | None:
        """The step that is entered when an operator completes it; the first that ends it, if none is named."""
        if self.handover is not None and self.handover.goodbye is not None:
            return self.handover.goodbye
        return next((name for name, step in self.steps.items() if step.complete), None)
