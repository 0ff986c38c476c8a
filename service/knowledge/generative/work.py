"""The worker's half of a worded answer: what waits for one is looked into, thought about, and settled, once.

Belongs here: the order of the steps, and what becomes of a question where one of them fails. Does not belong here: what
is asked of a model (`thinking.py`), that an answer is written once and only while it is wanted (`kb_settle`).

No transaction is open while a model is asked. A worker that is lost anywhere here leaves a job that another does again;
what it had set aside counts as spent.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from uuid import UUID, uuid5

import structlog

from service.conversations import answering
from service.conversations.answering import Asked
from service.conversations.known_flows import KnownFlows
from service.core.locale import Locale
from service.dialogue.knowledge import Settled, Source, forbidden
from service.jobs.work import Handler, Job, Tick, Work
from service.knowledge.generative import actions, spending, words
from service.knowledge.generative.checks import may_be_linked
from service.knowledge.generative.endpoint import Endpoint
from service.knowledge.generative.material import Material, Passage, Said
from service.knowledge.generative.spending import Prices
from service.knowledge.generative.thinking import Cited, Thought, refused, think
from service.knowledge.vectors import finding
from service.knowledge.vectors.endpoint import VectorEndpoint
from service.settings import Settings
from service.supabase.clients import Upstream

log = structlog.get_logger(__name__)

# How many pieces are looked at; what the prompt has no room for is left out from the end.
FOUND = 6
# They wait for another machine, nearly all of the time.
_AT_ONCE = 8
# What the steps beside the model take at most.
_BESIDE_SECONDS = 30
# A question that was begun so often gets a person: something here breaks workers, or Supabase is away for long.
_MOST_ATTEMPTS = 4
_TIDY_SECONDS = 300.0
# How often an answer is held against settings that change all the while; the last word is the database's.
_MOST_LOOKS = 5
# How long somebody may be told at most that an answer is looked for, after it is certain that none will come.
_STRANDED_SECONDS = 60.0


def work_of(upstream: Upstream, settings: Settings, flows: KnownFlows) -> Work:
    """Answers, and settling those that nobody will come back for, and what was set aside for some."""
    lease = int(settings.ai_timeout) + _BESIDE_SECONDS
    answers = Answers(
        upstream, settings, flows, Endpoint.from_settings(settings), VectorEndpoint.from_settings(settings)
    )
    tidy = partial(actions.tidy_spending, upstream, 2 * lease)
    ticks = {
        "spending": Tick(tidy, _TIDY_SECONDS),
        "stranded_answers": Tick(answers.give_up_stranded, _STRANDED_SECONDS),
    }
    return Work({"answer": Handler(answers.answer, _AT_ONCE, lease)}, ticks)


@dataclass(frozen=True, slots=True)
class Answers:
    """What answers questions. `endpoint` is None where no model is set up: then articles answer in their own words.

    `vectors` is None where words alone find.
    """

    upstream: Upstream
    settings: Settings
    flows: KnownFlows
    endpoint: Endpoint | None
    vectors: VectorEndpoint | None = None
    # What answers cost that could not be told when it was known, by what was set aside for them.
    untold: dict[UUID, int] = field(default_factory=dict)

    def answer(self, job: Job) -> None:
        """Settle the question of a job. Raises UpstreamUnavailable, Internal: then the job comes again."""
        asked = self._asked(UUID(job.payload["answer_id"]))
        self._tell_costs()
        if asked is None:
            return
        if job.attempts > _MOST_ATTEMPTS or not asked.is_answerable:
            self._give_up(asked)
            return
        material = self._material(asked)
        thought = self._settled(asked, material, job)
        for _ in range(_MOST_LOOKS):
            settled = self._as_told_now(asked, material, thought)
            if (outcome := self._settle(asked, settled)) != "told_anew":
                break
        else:
            self._give_up(asked, settled)
        log.info(
            "answer", outcome=settled.outcome if outcome == "written" else outcome, reason=settled.reason,
            tokens_in=settled.tokens_in, tokens_out=settled.tokens_out, cost_micros=settled.cost_micros,
        )  # fmt: skip

    def give_up_stranded(self) -> None:
        """A person for each question whose job is dead or gone. Raises UpstreamUnavailable, Internal."""
        for answer_id in actions.stranded(self.upstream, int(_STRANDED_SECONDS)):
            if (asked := self._asked(answer_id)) is not None:
                self._give_up(asked)

    def _give_up(self, asked: Asked, thought: Settled | None = None) -> None:
        """A person, instead of what was thought, if anything was; what that cost is kept."""
        given = Settled(
            "handed_over",
            words.handover(asked.locale, ""),
            reason="given_up" if asked.is_answerable else "flow_changed",
        )
        if thought is not None:
            given = replace(
                thought, outcome=given.outcome, text=given.text, sources=(), reason=given.reason, assistant_version=None
            )
        self._settle(asked, given)

    def _asked(self, answer_id: UUID) -> Asked | None:
        return answering.read_question(self.upstream, self.flows, answer_id)

    def _settle(self, asked: Asked, settled: Settled) -> str:
        return answering.settle(self.upstream, self.flows, asked, settled)

    def _material(self, asked: Asked) -> Material:
        history = _history(asked.history)
        return Material(
            asked.question,
            asked.locale,
            self._found(asked),
            actions.read_instructions(self.upstream),
            history,
            _clarified(history),
        )

    def _found(self, asked: Asked) -> tuple[Passage, ...]:
        rows = finding.find(self.upstream, self.vectors, asked.question, asked.locale, asked.audience, FOUND)
        return tuple(actions.passage_of(row) for row in rows)

    def _settled(self, asked: Asked, material: Material, job: Job) -> Settled:
        if known := refused(material):
            return self._outcome(asked, material, known)
        if material.instructions.mode == "off":
            return Settled("unknown", reason="turned_off")
        if self.endpoint is None or material.instructions.mode == "extractive":
            return _word_for_word(material.passages, "no_model")
        if not material.passages:
            return Settled("unknown", reason="nothing_found")
        attempt_id = uuid5(asked.answer_id, f"attempt/{job.attempts}")
        used_up = spending.reserve(self.upstream, self.settings, material, attempt_id, asked.user_id)
        if used_up is not None:
            return _word_for_word(material.passages, f"budget_{used_up}")
        thought = think(
            self.endpoint,
            material,
            until=time.monotonic() + self.settings.ai_timeout,
            goes_on=lambda: self._asked(asked.answer_id) is not None,
        )
        settled = self._outcome(asked, material, thought)
        self.untold[attempt_id] = settled.cost_micros
        self._tell_costs()
        return settled

    def _tell_costs(self) -> None:
        """Settle at what it cost, also what could not be told before: else all that was set aside counts."""
        for attempt_id, micros in list(self.untold.items()):
            actions.spend(self.upstream, attempt_id, micros)
            self.untold.pop(attempt_id, None)

    def _as_told_now(self, asked: Asked, material: Material, settled: Settled) -> Settled:
        """`settled`, or what becomes of it where admins changed meanwhile what may be said."""
        wanted = actions.read_instructions(self.upstream)
        if (text := settled.text) is None:
            return settled
        settled = replace(settled, assistant_version=wanted.version)
        if wanted.version == material.instructions.version:
            return settled
        if refused(replace(material, instructions=wanted)) or forbidden(wanted.forbidden_topics, text):
            now = Settled("refused", words.refusal(asked.locale), reason="forbidden_topic")
        elif wanted.mode == "off":
            now = Settled("unknown", reason="turned_off")
        elif settled.outcome == "answered" and not may_be_linked(text, wanted):
            now = Settled("handed_over", words.handover(asked.locale, ""), reason="unchecked_link_not_allowed")
        elif settled.model is not None and wanted.mode == "extractive":
            now = _word_for_word(material.passages, "no_model")
        else:
            return settled
        # What it cost is kept.
        return replace(settled, outcome=now.outcome, text=now.text, sources=now.sources, reason=now.reason)

    def _outcome(self, asked: Asked, material: Material, thought: Thought) -> Settled:
        text = thought.text
        if thought.outcome == "handed_over":
            text = words.handover(asked.locale, material.instructions.handover.words.of(asked.locale))
        if thought.outcome == "answered":
            text = f"{self._greeting(asked, material)}{text}"
        return Settled(
            thought.outcome,
            text,
            _sources(thought.cited),
            thought.reason,
            self.settings.ai_model if thought.asked else None,
            thought.tokens_in,
            thought.tokens_out,
            Prices.from_settings(self.settings).micros(thought.tokens_in, thought.tokens_out),
        )

    def _greeting(self, asked: Asked, material: Material) -> str:
        greeting = material.instructions.greeting.of(asked.locale).strip()
        if not greeting or actions.has_answered(self.upstream, asked.conversation_id):
            return ""
        return f"{greeting}\n\n"


def _history(said: Iterable[tuple[str, str]]) -> tuple[Said, ...]:
    """What was said since people last had a word: what they spoke of is settled, and no reason to ask them again."""
    kept: list[Said] = []
    for role, text in said:
        if role == "user":
            kept.append(Said("user", text))
        elif role == "bot":
            kept.append(Said("bot", text))
        else:
            kept.clear()
    return tuple(kept)


def _clarified(history: Iterable[Said]) -> int:
    """How many times in a row the bot asked back, up to now."""
    count = 0
    for one in history:
        if one.role == "bot":
            count = count + 1 if words.is_clarification(one.text) else 0
    return count


def _word_for_word(passages: tuple[Passage, ...], reason: str) -> Settled:
    """The best piece as it stands, where it may be given so."""
    if not passages or not passages[0].is_answerable:
        return Settled("unknown", reason=reason)
    return Settled("answered", passages[0].text, (_source(passages[0], None),), reason)


def _sources(cited: Iterable[Cited]) -> tuple[Source, ...]:
    """Each piece once, with the first words that were taken from it."""
    found: dict[str, Source] = {}
    for one in cited:
        found.setdefault(one.passage.chunk_id, _source(one.passage, one.quote))
    return tuple(found.values())


def _source(passage: Passage, quote: str | None) -> Source:
    locale: Locale = "en" if passage.locale == "en" else "ko"
    return Source(
        passage.article_id, passage.version, passage.place, passage.chunk_id, passage.slug, passage.title, locale, quote
    )
