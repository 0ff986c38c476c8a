"""Giving pieces of articles their vectors, batch by batch, on a connection of one's own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from psycopg import Connection

from service.knowledge.vectors.endpoint import Vector

BATCH = 64
Embed = Callable[[list[str]], list[Vector]]

_COUNT = """
    select count(*)
    from public.kb_chunks c join public.kb_articles a on a.id = c.article_id
    where a.status = 'published' and not exists (
      select from public.kb_embeddings e where e.chunk_id = c.id and e.model = %s and e.dimensions = %s
    )
"""


def missing(connection: Connection[Any], model: str, dimensions: int) -> int:
    """How many published pieces have no vector of this model."""
    row = connection.execute(_COUNT, [model, dimensions]).fetchone()
    assert row is not None
    return int(row[0])


def fill(connection: Connection[Any], model: str, dimensions: int, embed: Embed) -> Iterator[int]:
    """Embed what is missing; yields how many are done after each batch, each committed. Raises VectorsAway."""
    done = 0
    while rows := _next(connection, model, dimensions):
        vectors = embed([row["text"] for row in rows])
        kept = [{"id": row["id"], "vector": vector} for row, vector in zip(rows, vectors, strict=True)]
        with connection.transaction():
            connection.execute("select public.kb_keep_vectors(%s, %s)", [model, json.dumps(kept)])
        done += len(rows)
        yield done


def _next(connection: Connection[Any], model: str, dimensions: int) -> list[dict[str, str]]:
    row = connection.execute("select public.kb_without_vector(%s, %s, %s)", [model, dimensions, BATCH]).fetchone()
    assert row is not None
    rows: list[dict[str, str]] = row[0]
    return rows
