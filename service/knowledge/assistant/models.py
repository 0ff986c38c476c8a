"""What the calls about the assistant take and answer, as models."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, Field

from service.core.mapper import Inbound, Outbound, Row
from service.core.text import is_storable, trim
from service.inbox.fields import LEFT_OUT, WholeNumber, within
from service.knowledge.instructions import Mode

# What answers are looked for by.
OUTCOMES = ("answered", "clarified", "handed_over", "refused", "unknown", "dropped", "pending")
MODES = ("extractive", "generative")
RATINGS = ("yes", "no", "none")
MOST_DAYS = 366
# All fields at their longest, each letter of them written in six bytes, in bytes.
SETTINGS_MAX = 256 * 1024
MOST_TOPICS = 50
MOST_LINKS = 50
LONGEST_QUESTION = 1_000
# Millionths: a million of whatever the prices are in.
MOST_MONEY = 10**12


def _up_to(longest: int) -> AfterValidator:
    """A rule for a text that may be empty: trimmed, at most `longest` code points."""

    def said(text: str) -> str:
        trimmed = trim(text)
        if not is_storable(trimmed) or len(trimmed) > longest:
            raise ValueError(f"must have at most {longest:,} characters after trimming")
        return trimmed

    return AfterValidator(said)


def _link(address: str) -> str:
    try:
        parts = urlsplit(address)
        is_plain = parts.username is None and parts.password is None and parts.port != 0
    except ValueError:
        is_plain = False
    if not is_plain or parts.scheme != "https" or not parts.hostname or re.search(r"[\s\\]", address):
        raise ValueError("must be an https address without a user name, such as https://shop.example/help")
    return address


def _once(words: list[str]) -> list[str]:
    """Each of them once, whatever its case."""
    return list({word.casefold(): word for word in reversed(words)}.values())[::-1]


Line = Annotated[str, _up_to(500)]
Prose = Annotated[str, _up_to(4_000)]
Topic = Annotated[str, AfterValidator(within(80))]
Link = Annotated[str, AfterValidator(within(300)), AfterValidator(_link)]
Money = Annotated[WholeNumber, Field(ge=0, le=MOST_MONEY)]
Locale = Literal["ko", "en"]
Audience = Literal["all", "members"]
Outcome = Literal["answered", "clarified", "handed_over", "refused", "unknown", "dropped"]


class WordsBody(Inbound):
    """What is said in each language."""

    ko: Line
    en: Line


class AssistantHandoverBody(Inbound):
    """When a person is asked, and what is said then."""

    when: Prose
    words: WordsBody


class BudgetsBody(Inbound):
    """What may be spent, in millionths."""

    member_day: Money
    project_month: Money


class SettingsBody(Inbound):
    """The assistant's settings; what is left out is as it is."""

    mode: Mode = Field(
        default=LEFT_OUT,
        description="`extractive`: the text of an article, word for word. `generative`: a model words it, where one is "
        "set up. `off`: the flow goes on as if there were no articles.",
    )
    tone: Line = Field(default=LEFT_OUT, description="How a model is to speak.")
    policy: Prose = Field(default=LEFT_OUT, description="What a model must know of how the team works.")
    rules: Prose = Field(default=LEFT_OUT, description="What a model must do and must not do.")
    forbidden_topics: Annotated[list[Topic], Field(max_length=MOST_TOPICS), AfterValidator(_once)] = Field(
        default=LEFT_OUT, description="Nothing is answered about these. Members can find out what they are."
    )
    greeting: WordsBody = Field(default=LEFT_OUT, description="Said before the first answer; empty for nothing.")
    handover: AssistantHandoverBody = Field(
        default=LEFT_OUT, description="`when`: told to a model. `words`: told to customers; empty for the flow's."
    )
    allowed_links: Annotated[list[Link], Field(max_length=MOST_LINKS), AfterValidator(_once)] = Field(
        default=LEFT_OUT, description="How addresses begin that an answer of a model may have."
    )
    budgets: BudgetsBody = Field(
        default=LEFT_OUT, description="Millionths of the currency that the model's prices are in; 0 for nothing."
    )

    @property
    def values(self) -> Row:
        """What stands there, as the database takes it."""
        return self.model_dump(mode="json", exclude_unset=True, exclude={"if_version"})


class ChangedSettingsBody(SettingsBody):
    """`PUT /inbox/assistant`."""

    if_version: WholeNumber | None = Field(
        default=None, description="The `version` that was seen: where it is another now, nothing is changed (409)."
    )


class AssistantRestoreBody(Inbound):
    """`POST /inbox/assistant/versions/{version}/restore`."""

    if_version: WholeNumber | None = Field(default=None, description="As in `PUT /inbox/assistant`.")


class AssistantTryBody(Inbound):
    """`POST /inbox/assistant/try`."""

    question: Annotated[str, AfterValidator(within(LONGEST_QUESTION))]
    locale: Locale = "ko"
    audience: Audience = Field(default="all", description="`all`: as a guest would ask; `members`: as a member would.")
    settings: SettingsBody | None = Field(
        default=None, description="Tried as if they were saved; what is left out is as it is."
    )


class Words(Outbound):
    """What is said in each language; empty for nothing of its own."""

    ko: str
    en: str


class Handover(Outbound):
    """When a person is asked, and what is said then."""

    when: str
    words: Words


class Budgets(Outbound):
    """What may be spent, in millionths."""

    member_day: int
    project_month: int


class By(Outbound):
    """Who changed something."""

    id: UUID
    name: str


class AssistantVersion(Outbound):
    """A version of the assistant's settings."""

    version: int
    mode: Mode
    tone: str
    policy: str
    rules: str
    forbidden_topics: list[str]
    greeting: Words
    handover: Handover
    allowed_links: list[str]
    budgets: Budgets
    by: By | None = Field(description="null for what is shipped.")
    created_at: datetime


class Configured(Outbound):
    """Whether something is set up in the environment of the service, and what it is called there."""

    is_set_up: bool
    name: str | None


class Ceilings(Outbound):
    """What may be spent at most, whatever admins allow, in millionths; null where nobody said."""

    member_day: int | None
    project_month: int | None


class Environment(Outbound):
    """What the assistant has to work with. Neither addresses nor keys are told."""

    model: Configured
    embedding: Configured
    has_prices: bool = Field(description="Without prices everything costs 0, and no budget is ever used up.")
    budgets: Ceilings


class Assistant(AssistantVersion):
    """The settings that hold."""

    environment: Environment


class AssistantVersionList(Outbound):
    """A page of versions, newest first; at most 20."""

    versions: list[AssistantVersion]
    next_cursor: str | None


class FoundPiece(Outbound):
    """A piece of an article that was found."""

    chunk_id: UUID
    article_id: UUID
    slug: str
    version: int
    title: str
    title_path: str
    text: str
    locale: Locale
    score: float
    coverage: float = Field(description="How much of the question is in it, weighted by rarity: 0 to 1.")
    answerable: bool = Field(description="Whether it may be given as the answer.")


class Source(Outbound):
    """Where an answer is from."""

    article_id: UUID
    version: int
    chunk_id: UUID
    slug: str
    title: str
    locale: Locale
    quote: str | None = Field(description="The words of it that a sentence of a model stands on.")


class ShownAnswer(Outbound):
    """What the customer would read."""

    text: str
    sources: list[Source]


class PromptPart(Outbound):
    """A message of the prompt."""

    role: str
    content: str


class Fault(Outbound):
    """A check that an answer of the model did not pass."""

    code: str
    told: str


class Attempt(Outbound):
    """One answer of the model, before the checks."""

    raw: str
    faults: list[Fault]
    tokens_in: int
    tokens_out: int
    milliseconds: int


class Try(Outbound):
    """What would be answered. Nothing was."""

    id: UUID | None = Field(description="To ask for it again while it is `pending`; null where it is done at once.")
    status: Literal["pending", "done", "failed"]
    question: str
    locale: Locale = Field(description="The language of the question, in which it is answered.")
    audience: Audience
    mode: Mode = Field(
        description="How it was answered: `extractive` where no model is set up or the budget is used up."
    )
    found: list[FoundPiece]
    found_milliseconds: float
    prompt: list[PromptPart]
    attempts: list[Attempt]
    outcome: Outcome | None
    reason: str | None = Field(description="Why it is no answer, in a word.")
    shown: ShownAnswer | None
    model: str | None
    tokens_in: int
    tokens_out: int
    cost_micros: int
    milliseconds: int | None = Field(description="How long the model took.")


class Person(Outbound):
    """Whose conversation it is."""

    name: str | None


class AnswerEntry(Outbound):
    """A question, and what became of it."""

    id: UUID
    conversation_id: UUID
    contact: Person
    question_message_id: UUID
    message_id: UUID | None
    question: str
    answer: str | None
    locale: Locale
    mode: Literal["extractive", "generative"]
    outcome: Outcome | None = Field(description="null while an answer is being looked for.")
    reason: str | None
    sources: list[dict[str, Any]]
    model: str | None
    tokens_in: int
    tokens_out: int
    cost_micros: int
    helpful: bool | None = Field(description="What the customer said about it; null where they said nothing.")
    created_at: datetime
    settled_at: datetime | None


class Month(Outbound):
    """What this month has cost, tries among it."""

    cost_micros: int
    budget_micros: int


class Totals(Outbound):
    """How it went in the period, whatever the filters on outcome and rating say."""

    questions: int
    answered: int
    clarified: int
    handed_over: int
    refused: int
    unknown: int
    dropped: int
    pending: int
    helpful: int
    not_helpful: int
    cost_micros: int
    month: Month


class AnswerList(Outbound):
    """A page of questions, newest first."""

    answers: list[AnswerEntry]
    next_cursor: str | None
    totals: Totals | None = Field(description="With the first page.")
