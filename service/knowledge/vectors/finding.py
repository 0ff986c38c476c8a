"""Finding with vectors where they are set up, and by words alone where they are not, or are not to be had now."""

from __future__ import annotations

import structlog

from service.core.errors import Internal, UpstreamUnavailable
from service.core.mapper import Row
from service.knowledge.vectors import actions
from service.knowledge.vectors.endpoint import VectorEndpoint, VectorsAway
from service.supabase.clients import Upstream

log = structlog.get_logger(__name__)

# Seconds. Words find at once; vectors are not worth a longer wait.
LONGEST_WAIT = 3.0


def find(
    upstream: Upstream, endpoint: VectorEndpoint | None, question: str, locale: str, audience: str, limit: int
) -> list[Row]:
    """Rows as `kb_find` tells them. Never from a thread of the web: a model is asked."""
    if endpoint is not None:
        try:
            (vector,) = endpoint.vectors([question], timeout=LONGEST_WAIT)
            return actions.find_near(upstream, question, locale, audience, limit, endpoint.model, vector)
        except VectorsAway as away:
            log.warning("vectors_away", reason=away.reason)
        except (Internal, UpstreamUnavailable) as error:
            log.warning("vectors_away", reason=error.code)
    return actions.find(upstream, question, locale, audience, limit)
