"""From material to an outcome: the model is asked, its answer checked, mended once, or not used.

Belongs here: the order of these steps. Does not belong here: money (`spending.py`), writing what came of it
(`work.py`).
Nothing is written, so the same may be tried without anybody seeing it.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from service.dialogue.knowledge import forbidden
from service.knowledge.generative import words
from service.knowledge.generative.checks import Fault, faults_of
from service.knowledge.generative.dialect import Said
from service.knowledge.generative.draft import SCHEMA, Draft, read_draft
from service.knowledge.generative.endpoint import Completion, Endpoint, ModelAway
from service.knowledge.generative.material import Material, Passage
from service.knowledge.generative.prompt import Prompt, compose

Outcome = Literal["answered", "clarified", "handed_over", "refused", "unknown", "dropped"]

# So many times in a row somebody is asked to say more.
MOST_CLARIFIED = 2
# Titles in a question back.
MOST_TITLES = 4
# What a token has at least of a text, in bytes of UTF-8: where an endpoint counts nothing, and for what is set aside.
BYTES_A_TOKEN = 2


@dataclass(frozen=True, slots=True)
class Asking:
    """One time that the model was asked: what it said, and what was wrong with that."""

    raw: str
    faults: tuple[Fault, ...]
    tokens_in: int
    tokens_out: int
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Cited:
    """A passage that an answer stands on, and its words."""

    passage: Passage
    quote: str


@dataclass(frozen=True, slots=True)
class Thought:
    """What came of it. `text` is whole, checked, and may be shown as it is."""

    outcome: Outcome
    reason: str | None = None
    text: str | None = None
    cited: tuple[Cited, ...] = ()
    prompt: Prompt | None = None
    asked: tuple[Asking, ...] = field(default=())

    @property
    def tokens_in(self) -> int:
        """All that went in."""
        return sum(one.tokens_in for one in self.asked)

    @property
    def tokens_out(self) -> int:
        """All that came out."""
        return sum(one.tokens_out for one in self.asked)


def refused(material: Material) -> Thought | None:
    """The refusal of a question that must not be spoken of, whoever asks how; None for any other."""
    if forbidden(material.instructions.forbidden_topics, material.question) is None:
        return None
    return Thought("refused", "forbidden_topic", words.refusal(material.locale))


def think(
    endpoint: Endpoint, material: Material, *, until: float, goes_on: Callable[[], bool] = lambda: True
) -> Thought:
    """What a model makes of `material`.

    Args:
        endpoint: who is asked.
        material: what an answer is made of.
        until: when there must be an outcome (time.monotonic), whatever it is.
        goes_on: asked before the model is asked a second time: whether anybody still waits for it.
    """
    if known := refused(material):
        return known
    prompt = compose(material, secrets.token_hex(16))
    if not prompt.passages:
        return Thought("unknown", "nothing_found", prompt=prompt)
    run = _Run(endpoint, material, prompt, until)
    return run.outcome(goes_on)


@dataclass
class _Run:
    endpoint: Endpoint
    material: Material
    prompt: Prompt
    until: float
    asked: list[Asking] = field(default_factory=list)

    def outcome(self, goes_on: Callable[[], bool]) -> Thought:
        try:
            draft, faults = self._ask(self.prompt.messages)
            if faults:
                if not goes_on():
                    return self._thought("dropped", "overtaken")
                told = [fault.told for fault in faults]
                draft, faults = self._ask(self.prompt.repairing(self.asked[-1].raw, told))
        except ModelAway as away:
            return self._thought("handed_over", f"model_{away.reason}")
        if draft is None or faults:
            return self._unusable(faults)
        if draft.action == "handover":
            return self._thought("handed_over", "model_wants_a_person")
        return self._answered(draft) if draft.action == "answer" else self._clarified(draft)

    def _ask(self, messages: Sequence[Said]) -> tuple[Draft | None, tuple[Fault, ...]]:
        began = time.monotonic()
        completion = self.endpoint.ask(messages, SCHEMA, self.until)
        draft = read_draft(completion.text)
        faults = _unread(completion) if draft is None else faults_of(draft, self.prompt, self.material.instructions)
        tokens_in, tokens_out = completion.tokens_in, completion.tokens_out
        self.asked.append(
            Asking(
                completion.text,
                tuple(faults),
                most_tokens(json.dumps(list(messages), ensure_ascii=False)) if tokens_in is None else tokens_in,
                most_tokens(completion.text) if tokens_out is None else tokens_out,
                round((time.monotonic() - began) * 1000),
            )
        )
        return draft, tuple(faults)

    def _unusable(self, faults: Sequence[Fault]) -> Thought:
        if any(fault.code == "forbidden_topic" for fault in faults):
            return self._thought("refused", "forbidden_topic", words.refusal(self.prompt.locale))
        return self._thought("handed_over", f"unchecked_{faults[0].code}")

    def _answered(self, draft: Draft) -> Thought:
        cited = [Cited(self.prompt.passages[one.chunk_id], one.quote.strip()) for one in draft.sentences]
        text = " ".join(one.text.strip() for one in draft.sentences)
        return self._thought("answered", None, text, tuple(cited))

    def _clarified(self, draft: Draft) -> Thought:
        if self.material.clarified >= MOST_CLARIFIED:
            return self._thought("handed_over", "still_unclear")
        meant = [found for one in draft.sentences if (found := self.prompt.passages.get(one.chunk_id))]
        titles = list(dict.fromkeys(one.title for one in meant))[:MOST_TITLES]
        return self._thought("clarified", None, words.clarification(self.prompt.locale, titles))

    def _thought(
        self, outcome: Outcome, reason: str | None, text: str | None = None, cited: tuple[Cited, ...] = ()
    ) -> Thought:
        return Thought(outcome, reason, text, cited, self.prompt, tuple(self.asked))


def most_tokens(text: str) -> int:
    """How many tokens a text has at most, about."""
    return len(text.encode("utf-8", "replace")) // BYTES_A_TOKEN + 1


def _unread(completion: Completion) -> list[Fault]:
    if completion.is_cut:
        return [Fault("cut", "It was too long and was cut off. Answer in fewer words.")]
    return [Fault("unreadable", "It is not the JSON object that was asked for.")]
