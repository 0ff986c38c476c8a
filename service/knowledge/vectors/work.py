"""The worker's half: pieces of articles that are new get their vectors within seconds."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from service.core.errors import Internal
from service.jobs.work import Tick, Work
from service.knowledge.vectors import actions
from service.knowledge.vectors.endpoint import VectorEndpoint, VectorsAway
from service.settings import Settings
from service.supabase.clients import Upstream

log = structlog.get_logger(__name__)

_EVERY_SECONDS = 10.0
BATCH = 64


def work_of(upstream: Upstream, settings: Settings) -> Work:
    """A tick where a model of vectors is set up; nothing where none is."""
    endpoint = VectorEndpoint.from_settings(settings)
    if endpoint is None:
        return Work()
    return Work(ticks={"vectors": Tick(Embedding(upstream, endpoint).embed, _EVERY_SECONDS)})


@dataclass(slots=True)
class Embedding:
    """What gives pieces their vectors."""

    upstream: Upstream
    endpoint: VectorEndpoint

    def embed(self) -> None:
        """One batch; the next ones come with the next ticks."""
        endpoint = self.endpoint
        try:
            rows = actions.without_vector(self.upstream, endpoint.model, endpoint.dimensions, BATCH)
        except Internal:
            # The call has told what the database said.
            log.warning("vectors_are_not_there", hint="python -m scripts.vectors create, or unset AI_EMBEDDING_MODEL")
            return
        try:
            vectors = endpoint.vectors([row["text"] for row in rows])
        except VectorsAway as away:
            log.warning("vectors_away", reason=away.reason)
            return
        if rows:
            actions.keep_vectors(self.upstream, endpoint.model, [row["id"] for row in rows], vectors)
