"""The stand-in against OpenAI's own client: what passes for an endpoint here would pass for one there."""

from __future__ import annotations

import json
from collections.abc import Iterator

import openai
import pytest

from service.knowledge.generative.dialect import Dialect
from service.knowledge.generative.draft import SCHEMA, read_draft
from service.knowledge.generative.prompt import compose
from tests.ai.materials import material
from tests.ai.standin import KEY, MODEL, StandIn, cut, honest, status
from tests.concurrency import PATIENCE

PROMPT = compose(material(), "0" * 32)


@pytest.fixture
def client(standin: StandIn) -> Iterator[openai.OpenAI]:
    """The client as its makers ship it, told to try once."""
    with openai.OpenAI(base_url=f"{standin.url}/v1", api_key=KEY, max_retries=0, timeout=PATIENCE) as made:
        yield made


def test_what_we_send_is_what_their_client_sends_and_what_it_reads(client: openai.OpenAI, standin: StandIn) -> None:
    body = Dialect().body(MODEL, PROMPT.messages, SCHEMA, 100)
    found = client.chat.completions.create(**body)
    (choice,) = found.choices
    assert (choice.finish_reason, found.model) == ("stop", MODEL)
    assert found.usage is not None
    assert found.usage.total_tokens > 0
    draft = read_draft(choice.message.content or "")
    assert draft is not None
    assert draft.sentences[0].quote == honest(standin.got[0])["sentences"][0]["quote"]
    (got,) = standin.got
    # Nothing of ours that their client would not send.
    assert got.body == json.loads(json.dumps(body))
    assert (got.path, got.headers["authorization"]) == ("/v1/chat/completions", f"Bearer {KEY}")


def test_a_stream_says_the_same_in_pieces(client: openai.OpenAI) -> None:
    body = Dialect().body(MODEL, PROMPT.messages, SCHEMA, 100)
    pieces = list(client.chat.completions.create(**{**body, "stream": True}))
    whole = "".join(one.choices[0].delta.content or "" for one in pieces)
    assert read_draft(whole) is not None
    assert pieces[-1].choices[0].finish_reason == "stop"


def test_refusals_are_what_their_client_takes_them_for(client: openai.OpenAI, standin: StandIn) -> None:
    body = Dialect().body(MODEL, PROMPT.messages, SCHEMA, 100)
    standin.script = [status(429, Retry_After="1"), status(500)]
    with pytest.raises(openai.RateLimitError) as busy:
        client.chat.completions.create(**body)
    assert busy.value.response.headers["retry-after"] == "1"
    with pytest.raises(openai.InternalServerError):
        client.chat.completions.create(**body)
    with pytest.raises(openai.NotFoundError):
        client.chat.completions.create(**{**body, "model": "another"})
    with pytest.raises(openai.AuthenticationError):
        client.with_options(api_key="another").chat.completions.create(**body)
    standin.unknown = ("json_schema",)
    with pytest.raises(openai.BadRequestError):
        client.chat.completions.create(**body)
    standin.unknown, standin.script = (), [cut()]
    with pytest.raises(openai.APIConnectionError):
        client.chat.completions.create(**body)
