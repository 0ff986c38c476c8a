"""Asking an endpoint that speaks as OpenAI's does: the right call, one time for all of it, and whole answers alone."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
import structlog

from service.knowledge.generative import endpoint as endpoints
from service.knowledge.generative.draft import SCHEMA, read_draft
from service.knowledge.generative.endpoint import Endpoint, ModelAway
from service.knowledge.generative.prompt import compose
from tests.ai.materials import material
from tests.ai.standin import KEY, MODEL, StandIn, Step, cut, finished, honest, late, saying, status, streamed
from tests.concurrency import until
from tests.web.apps import offline_settings

PROMPT = compose(material(), "0" * 32)
Soon = Callable[..., float]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses of our own are short here; those that the other side asks for are not."""
    monkeypatch.setattr(endpoints, "FIRST_PAUSE", 0.01)


@pytest.mark.parametrize("written", ["", "/", "/v1", "/v1/", "/v1/chat/completions"])
def test_v1_is_said_once_however_the_address_is_written(written: str, standin: StandIn, soon: Soon) -> None:
    settings = offline_settings(ai_base_url=standin.url + written, ai_model=MODEL, ai_api_key=KEY)
    made = Endpoint.from_settings(settings)
    assert made is not None
    assert read_draft(made.ask(PROMPT.messages, SCHEMA, soon()).text)
    made.close()
    (got,) = standin.got
    assert (got.path, got.body["model"]) == ("/v1/chat/completions", MODEL)
    assert got.headers["authorization"] == f"Bearer {KEY}"
    assert got.body["stream"] is False
    assert got.body["response_format"]["json_schema"]["strict"] is True


def test_an_address_with_a_path_of_its_own_keeps_it() -> None:
    for written, meant in {
        "https://openrouter.ai/api/v1": "https://openrouter.ai/api/v1",
        "https://generativelanguage.googleapis.com/v1beta/openai/": (
            "https://generativelanguage.googleapis.com/v1beta/openai"
        ),
        "http://127.0.0.1:11434": "http://127.0.0.1:11434/v1",
    }.items():
        assert offline_settings(ai_base_url=written, ai_model="x").ai_base_url == meant


@pytest.mark.parametrize(
    ("unknown", "left"),
    [
        ((), {"max_tokens", "temperature", "json_schema"}),
        (("json_schema",), {"max_tokens", "temperature", "json_object"}),
        (("json_schema", "json_object"), {"max_tokens", "temperature"}),
        (("max_tokens", "temperature"), {"max_completion_tokens", "json_schema"}),
        (("response_format", "max_tokens", "temperature"), {"max_completion_tokens"}),
    ],
)
def test_what_an_endpoint_does_not_understand_is_left_out_and_that_is_remembered(
    unknown: tuple[str, ...], left: set[str], standin: StandIn, endpoint: Endpoint, soon: Soon
) -> None:
    standin.unknown = unknown
    for _ in range(2):
        assert read_draft(endpoint.ask(PROMPT.messages, SCHEMA, soon()).text)
    for got in standin.got:
        said = {name for name in ("max_tokens", "max_completion_tokens", "temperature") if name in got.body}
        assert said | {got.body.get("response_format", {}).get("type")} - {None} == left
    asked = endpoint._dialect
    endpoint.ask(PROMPT.messages, SCHEMA, soon())
    assert endpoint._dialect is asked


@pytest.mark.parametrize(
    ("steps", "requests"),
    [
        ([status(500)], 2),
        ([status(503), status(502)], 3),
        ([status(429, Retry_After="0")], 2),
        ([status(429), cut()], 3),
        ([cut()], 2),
        ([cut(as_stream=True)], 2),
        ([finished(None)], 2),
        ([lambda _: (200, {}, b"<html>")], 2),
        ([streamed], 1),
        ([finished("length", "{}")], 1),
    ],
)
def test_what_passes_is_tried_again(
    steps: list[Step], requests: int, standin: StandIn, endpoint: Endpoint, soon: Soon
) -> None:
    standin.script = list(steps)
    found = endpoint.ask(PROMPT.messages, SCHEMA, soon())
    assert len(standin.got) == requests
    assert found.is_cut is (found.text == "{}")
    assert found.is_cut or read_draft(found.text) is not None


@pytest.mark.parametrize(
    ("steps", "reason", "requests"),
    [
        ([status(500)] * 3, "away", 3),
        ([cut()] * 3, "cut", 3),
        ([cut(as_stream=True)] * 3, "cut", 3),
        ([status(429, Retry_After="3600")], "busy", 1),
        ([status(401)], "refused", 1),
        ([status(404)], "refused", 1),
        ([status(307, Location="/elsewhere")], "refused", 1),
        ([finished("content_filter")], "filtered", 1),
        ([finished("tool_calls")], "unreadable", 1),
        ([lambda _: (200, {}, b'{"choices": []}')], "unreadable", 1),
        ([lambda _: (200, {}, b'{"choices": [{"message": "no"}]}')], "unreadable", 1),
        ([lambda _: (200, {"Content-Type": "text/event-stream"}, b'data: {"choices": [1]}\n\n')], "unreadable", 1),
        ([lambda _: (200, {}, b" " * (endpoints.LARGEST_ANSWER + 1))], "too_large", 1),
    ],
)
def test_what_does_not_pass_is_told_in_a_word(
    steps: list[Step], reason: str, requests: int, standin: StandIn, endpoint: Endpoint, soon: Soon
) -> None:
    standin.script = list(steps)
    with pytest.raises(ModelAway) as away:
        endpoint.ask(PROMPT.messages, SCHEMA, soon())
    assert (away.value.reason, len(standin.got)) == (reason, requests)


@pytest.mark.parametrize(
    ("steps", "pause"),
    [([late(60)], 0.01), ([status(429, Retry_After="60")] * 2, 0.01), ([status(500)] * 2, 60.0)],
    ids=["no answer", "asked to wait", "pauses of our own"],
)
def test_there_is_one_time_for_all_attempts(
    steps: list[Step],
    pause: float,
    standin: StandIn,
    endpoint: Endpoint,
    monkeypatch: pytest.MonkeyPatch,
    soon: Soon,
) -> None:
    monkeypatch.setattr(endpoints, "FIRST_PAUSE", pause)
    standin.script = list(steps)
    began = time.monotonic()
    with pytest.raises(ModelAway):
        endpoint.ask(PROMPT.messages, SCHEMA, soon(2.0))
    # Far less than what was asked to wait for.
    assert time.monotonic() - began < 20
    # What was sent arrives, also where nobody waits for its answer any more.
    until(lambda: bool(standin.got))
    assert len(standin.got) == 1


def test_nobody_who_listens_is_told_that_there_is_nobody(soon: Soon) -> None:
    nobody = Endpoint("http://127.0.0.1:9/v1", MODEL, KEY, timeout=2.0)
    with pytest.raises(ModelAway) as away:
        nobody.ask(PROMPT.messages, SCHEMA, soon())
    nobody.close()
    assert away.value.reason == "away"


def test_neither_key_nor_words_reach_the_log_or_an_error(standin: StandIn, endpoint: Endpoint, soon: Soon) -> None:
    secret = "아무도-보면-안-되는-말"
    standin.script = [saying(secret), status(500), status(401)]
    with structlog.testing.capture_logs() as logged:
        endpoint.ask(PROMPT.messages, SCHEMA, soon())
        with pytest.raises(ModelAway) as away:
            endpoint.ask(PROMPT.messages, SCHEMA, soon())
    told = f"{logged} {away.value!r} {away.value.__context__!r} {endpoint!r} {offline_settings(ai_api_key=KEY)!r}"
    assert logged
    assert KEY not in told
    assert secret not in told
    assert "교환" not in told
    assert honest(standin.got[0])["action"] == "answer"
