"""What vectors ask of the database: a function each. They are there once `scripts/vectors.py create` was run."""

from __future__ import annotations

from collections.abc import Sequence

from service.core.mapper import Row
from service.knowledge.vectors.endpoint import Vector
from service.supabase.calls import call_list, tell
from service.supabase.clients import Upstream


def without_vector(upstream: Upstream, model: str, dimensions: int, limit: int) -> list[Row]:
    """Published pieces of articles that have no vector of this model, at most `limit`: their id and text."""
    params = {"p_model": model, "p_dimensions": dimensions, "p_limit": limit}
    return call_list(upstream.service_client(), "kb_without_vector", params)


def keep_vectors(upstream: Upstream, model: str, ids: Sequence[str], vectors: Sequence[Vector]) -> None:
    """Keep the vectors of pieces."""
    rows = [{"id": key, "vector": vector} for key, vector in zip(ids, vectors, strict=True)]
    tell(upstream.service_client(), "kb_keep_vectors", {"p_model": model, "p_vectors": rows})


def find(upstream: Upstream, question: str, locale: str, audience: str, limit: int) -> list[Row]:
    """What its words find."""
    params = {"p_question": question, "p_locale": locale, "p_audience": audience, "p_limit": limit}
    return call_list(upstream.service_client(), "kb_find", params)


def find_near(
    upstream: Upstream, question: str, locale: str, audience: str, limit: int, model: str, vector: Vector
) -> list[Row]:
    """What its words and its vector find."""
    params = {
        "p_question": question,
        "p_locale": locale,
        "p_vector": vector,
        "p_model": model,
        "p_audience": audience,
        "p_limit": limit,
    }
    return call_list(upstream.service_client(), "kb_find_near", params)
