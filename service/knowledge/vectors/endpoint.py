"""One endpoint that makes vectors of texts as OpenAI's does.

Belongs here: the request and what counts as its answer. Does not belong here: when it is asked. Nothing that went over
the wire is ever logged, nor the key.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import httpx

from service.settings import Settings
from service.supabase.connections import AnswerTooLarge, Connections

# In bytes: 500 vectors of 4,000 numbers, written long.
LARGEST_ANSWER = 64 * 1024 * 1024
CONNECT_SECONDS = 5.0
# What one text may have, in code points; the rest of a longer one is left out.
LONGEST_TEXT = 8_000
_UNFIT = (400, 422)

Vector = list[float]


class VectorsAway(Exception):
    """There are no vectors, for a reason in a word: away, timeout, refused, too_large, unreadable or dimensions."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class VectorEndpoint:
    """Made once a process. Safe to use from several threads."""

    def __init__(self, base_url: str, model: str, dimensions: int, key: str | None, *, timeout: float) -> None:
        """`base_url` is what `/embeddings` is appended to; `timeout` in seconds is for one request."""
        self.model = model
        self.dimensions = dimensions
        self._url = f"{base_url}/embeddings"
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._seconds = timeout
        self._http = Connections(timeout=timeout, connect_timeout=CONNECT_SECONDS, largest=LARGEST_ANSWER)
        # Some know no `dimensions` and refuse the word. Learnt once.
        self._asks_for_dimensions = True

    @classmethod
    def from_settings(cls, settings: Settings) -> VectorEndpoint | None:
        """The endpoint that the settings name, if they do."""
        if settings.ai_embedding_base_url is None or settings.ai_embedding_model is None:
            return None
        key = None if settings.embedding_key is None else settings.embedding_key.get_secret_value()
        return cls(
            settings.ai_embedding_base_url,
            settings.ai_embedding_model,
            settings.ai_embedding_dimensions,
            key,
            timeout=settings.ai_timeout,
        )

    def close(self) -> None:
        """Close connections that nobody uses."""
        self._http.close()

    def vectors(self, texts: Sequence[str], *, timeout: float | None = None) -> list[Vector]:
        """A vector a text, in their order. Raises VectorsAway."""
        if not texts:
            return []
        response = self._send(texts, timeout)
        if response.status_code in _UNFIT and self._asks_for_dimensions:
            self._asks_for_dimensions = False
            response = self._send(texts, timeout)
        if response.status_code != httpx.codes.OK:
            raise VectorsAway("away" if response.status_code >= 500 or response.status_code == 429 else "refused")
        return _read(response, len(texts), self.dimensions)

    def _send(self, texts: Sequence[str], timeout: float | None) -> httpx.Response:
        body: dict[str, Any] = {
            "model": self.model,
            "input": [text[:LONGEST_TEXT] for text in texts],
            "encoding_format": "float",
        }
        if self._asks_for_dimensions:
            body["dimensions"] = self.dimensions
        try:
            return self._http.post(self._url, json=body, headers=self._headers, timeout=timeout or self._seconds)
        except httpx.TimeoutException:
            raise VectorsAway("timeout") from None
        except AnswerTooLarge:
            raise VectorsAway("too_large") from None
        except httpx.TransportError:
            raise VectorsAway("away") from None


def _read(response: httpx.Response, count: int, dimensions: int) -> list[Vector]:
    """The vectors of an answer, each in the place that it names. Raises VectorsAway."""
    try:
        placed = {int(one["index"]): [float(number) for number in one["embedding"]] for one in response.json()["data"]}
        vectors = [placed[place] for place in range(count)]
    except (ValueError, TypeError, KeyError):
        raise VectorsAway("unreadable") from None
    if any(len(vector) != dimensions for vector in vectors):
        raise VectorsAway("dimensions")
    # Nearness to nothing means nothing; and the database takes no NaN.
    if not all(0 < sum(number * number for number in vector) < math.inf for vector in vectors):
        raise VectorsAway("unreadable")
    return vectors
