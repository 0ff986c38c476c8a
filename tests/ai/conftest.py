"""What tests of worded answers need: a stand-in for a model's endpoint, and ways to ask it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from service.knowledge.generative.endpoint import Endpoint
from tests.ai.standin import KEY, MODEL, StandIn, standing_in


@pytest.fixture
def standin() -> Iterator[StandIn]:
    """A model that answers from what it is given."""
    with standing_in() as running:
        yield running


@pytest.fixture
def endpoint(standin: StandIn) -> Iterator[Endpoint]:
    """The way to it."""
    made = Endpoint(f"{standin.url}/v1", MODEL, KEY, timeout=5.0)
    yield made
    made.close()


@pytest.fixture
def soon() -> Callable[[float], float]:
    """So many seconds from now, on the clock that answers are asked by."""
    return lambda seconds=5.0: time.monotonic() + seconds
