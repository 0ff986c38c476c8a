"""The worker's half of the try-out: a model is asked as for a customer, and what came of it is kept for the admin.

Belongs here: the order of the steps. Does not belong here: what a model is told and how its answer is checked
(`generative/`): a try that did it otherwise would show something else than customers get.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from service.core.mapper import Row
from service.jobs.work import Handler, Job, Work
from service.knowledge.assistant import actions
from service.knowledge.assistant.outcomes import word_for_word
from service.knowledge.generative import spending, words
from service.knowledge.generative.actions import passage_of, spend
from service.knowledge.generative.endpoint import Endpoint
from service.knowledge.generative.material import Material
from service.knowledge.generative.thinking import Cited, Thought, refused, think
from service.knowledge.generative.work import FOUND
from service.knowledge.instructions import instructions_of
from service.knowledge.vectors import finding
from service.knowledge.vectors.endpoint import VectorEndpoint
from service.settings import Settings
from service.supabase.clients import Upstream

# What is left of a lease when the model must have answered, for finding and for keeping what came of it.
_SPARE_SECONDS = 30


def work_of(upstream: Upstream, settings: Settings) -> Work:
    """Tries; none where there is no model."""
    endpoint = Endpoint.from_settings(settings)
    if endpoint is None:
        return Work()
    tries = Tries(upstream, settings, endpoint, VectorEndpoint.from_settings(settings))
    return Work({"assistant_try": Handler(tries.answer, 2, round(settings.ai_timeout) + _SPARE_SECONDS)})


@dataclass(frozen=True, slots=True)
class Tries:
    """What answers tries. `vectors` is None where words alone find."""

    upstream: Upstream
    settings: Settings
    endpoint: Endpoint
    vectors: VectorEndpoint | None

    def answer(self, job: Job) -> None:
        """Settle the try of a job. Raises UpstreamUnavailable, Internal: then the job comes once more."""
        try_id = UUID(job.payload["try_id"])
        row = actions.tried(self.upstream, try_id)
        if row is not None:
            actions.settle_try(self.upstream, try_id, self._result(row, uuid5(job.id, str(job.attempts))))

    def _result(self, row: Row, attempt_id: UUID) -> Row:
        question, locale, instructions = row["question"], row["locale"], instructions_of(row["settings"])
        found = finding.find(self.upstream, self.vectors, question, locale, row["audience"], FOUND)
        material = Material(question, locale, tuple(map(passage_of, found)), instructions)
        known = refused(material)
        if known is None and not found:
            known = Thought("unknown", "nothing_found")
        if known is not None:
            return {"found": found, **_told(known, material)}
        # A try is nobody's day: it counts for the month.
        used_up = spending.reserve(self.upstream, self.settings, material, attempt_id, None)
        if used_up is not None:
            came = word_for_word(instructions, question, found)
            return {"found": found, **came, "mode": "extractive", "reason": f"budget_{used_up}"}
        return {"found": found, **self._asked(material, attempt_id)}

    def _asked(self, material: Material, attempt_id: UUID) -> Row:
        began = time.monotonic()
        thought = think(self.endpoint, material, until=began + self.settings.ai_timeout)
        milliseconds = round((time.monotonic() - began) * 1000)
        cost = spending.Prices.from_settings(self.settings).micros(thought.tokens_in, thought.tokens_out)
        spend(self.upstream, attempt_id, cost)
        asked = {"milliseconds": milliseconds, "cost_micros": cost, "model": self.endpoint.model}
        return _told(thought, material) | (asked if thought.asked else {})


def _told(thought: Thought, material: Material) -> dict[str, Any]:
    """What came of it, as the admin is told."""
    return {
        "mode": "generative",
        "prompt": [dict(one) for one in thought.prompt.messages] if thought.prompt else [],
        "attempts": [
            {
                "raw": one.raw,
                "faults": [{"code": fault.code, "told": fault.told} for fault in one.faults],
                "tokens_in": one.tokens_in,
                "tokens_out": one.tokens_out,
                "milliseconds": one.milliseconds,
            }
            for one in thought.asked
        ],
        "outcome": thought.outcome,
        "reason": thought.reason,
        "shown": _shown(thought, material),
        "tokens_in": thought.tokens_in,
        "tokens_out": thought.tokens_out,
    }


def _shown(thought: Thought, material: Material) -> dict[str, Any] | None:
    """What a customer would read of it; None for what the flow says by itself."""
    text, wanted = thought.text, material.instructions
    if thought.outcome == "handed_over":
        text = words.handover(material.locale, wanted.handover.words.of(material.locale))
    elif thought.outcome == "answered" and (greeting := wanted.greeting.of(material.locale)):
        # It would be the first answer of its conversation.
        text = f"{greeting}\n\n{text}"
    if text is None:
        return None
    return {"text": text, "sources": [_source(one) for one in thought.cited]}


def _source(cited: Cited) -> Row:
    passage = cited.passage
    return {
        "articleId": passage.article_id,
        "version": passage.version,
        "chunkId": passage.chunk_id,
        "slug": passage.slug,
        "title": passage.title,
        "locale": passage.locale,
        "quote": cited.quote,
    }
