"""The numbers at /metrics: what is counted, that nobody is named, who may read, what it costs."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from psycopg import Connection

from scripts.local import LocalStack
from service.http.metrics import Metrics
from service.jobs import numbers as job_numbers
from service.settings import SettingsError, load_settings
from tests.concurrency import PATIENCE
from tests.stack import Member
from tests.web.apps import app_of, bearer, offline_app, offline_settings, stack_app
from tests.web.chat import Api, at_chips, chip, new_id, through_app, through_http
from tests.web.proxy import Proxy
from tests.web.server import gunicorn

TURNS = "/api/v1/conversations/<conversation_id>/turns"
TOKEN = "a-token-that-only-these-tests-know-0123456789"


def numbers(text: str) -> dict[tuple[str, ...], float]:
    """Return each sample: its name and label values, in the order of the labels' names, and its value."""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def read(app: Flask) -> dict[tuple[str, ...], float]:
    answer = app.test_client().get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain")
    return numbers(answer.text)


def test_turns_replays_and_conflicts_are_counted_by_route(app: Flask, api: Api) -> None:
    chat = at_chips(api)
    question, key = chat.chips, new_id()
    assert chat.click("shipping", key).status == 201
    assert api.turn(chat.id, chip(question, "shipping"), key).status == 200
    assert api.turn(chat.id, chip(question, "returns")).status == 409
    found = read(app)
    assert found["munui_turns_total", "/api/v1/conversations"] == 1
    assert found["munui_turns_total", TURNS] == 1
    assert found["munui_replays_total", TURNS] == 1
    assert found["munui_conflicts_total", "already_answered", TURNS] == 1
    assert [found["munui_requests_total", "POST", TURNS, status] for status in ("201", "200", "409")] == [1, 1, 1]
    assert found["munui_request_seconds_count", "POST", TURNS, "201"] == 1
    assert found["munui_request_seconds_sum", "POST", TURNS, "201"] > 0
    # Two for what was written, one for the repeat, one for the refusal.
    assert found["munui_upstream_calls_total", "POST", TURNS] == 4


def test_nobody_is_named(app: Flask, api: Api, member: Member) -> None:
    chat = at_chips(api)
    chat.write("비밀입니다")
    client = app.test_client()
    client.get(f"/no/such/{chat.id}")
    client.open("/healthz", method="X" + uuid.uuid4().hex)
    text = client.get("/metrics").text
    for secret in (chat.id, member.id, member.email, "비밀", member.access_token):
        assert secret not in text
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", text)
    assert {key[1] for key in numbers(text) if key[0] == "munui_requests_total"} <= {"GET", "POST", "other"}


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "203.0.113.7"},
        {"x-forwarded-proto": "https"},
        {"Forwarded": "for=203.0.113.7"},
        {"X-Real-IP": "203.0.113.7"},
        {"Via": "1.1 proxy"},
        {"Host": "chat.example.com"},
        {"Host": "chat.example.com:8000"},
    ],
)
def test_what_came_through_a_proxy_or_another_name_finds_nothing(headers: dict[str, str]) -> None:
    answer = offline_app().test_client().get("/metrics", headers=headers)
    assert answer.status_code == 404
    assert "munui_" not in answer.text


def test_another_machine_finds_nothing() -> None:
    client = offline_app().test_client()
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code == 404
    trusting = offline_app(trusted_proxies=1).test_client()
    claimed = {"X-Forwarded-For": "127.0.0.1"}
    assert trusting.get("/metrics", headers=claimed, environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code == 404


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8000", "[::1]:8000"])
def test_a_neighbour_may_read(host: str) -> None:
    assert offline_app().test_client().get("/metrics", headers={"Host": host}).status_code == 200


def test_an_app_for_the_world_always_needs_the_token() -> None:
    app = app_of(offline_settings(app_url="https://chat.example.com"))
    assert app.test_client().get("/metrics").status_code == 404


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ({"Authorization": f"Bearer {TOKEN}"}, 200),
        ({"Authorization": f"bearer {TOKEN}"}, 200),
        ({}, 404),
        ({"Authorization": f"Basic {TOKEN}"}, 404),
        ({"Authorization": "Bearer "}, 404),
        ({"Authorization": f"Bearer {TOKEN}x"}, 404),
        ({"Authorization": "Bearer \u00e9"}, 404),
    ],
)
def test_a_token_opens_it_from_anywhere_and_its_absence_closes_it(header: dict[str, str], status: int) -> None:
    app = offline_app(metrics_token=TOKEN, app_url="https://chat.example.com")
    far = {"REMOTE_ADDR": "192.0.2.1"}
    assert app.test_client().get("/metrics", headers=header, environ_base=far).status_code == status


def test_a_short_token_is_refused_at_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings(tmp_path, metrics_token="short")
    assert "METRICS_TOKEN must have at least 32 characters." in refused.value.faults


def test_it_answers_like_a_page_that_does_not_exist() -> None:
    client = offline_app().test_client()
    forwarded = {"X-Forwarded-For": "203.0.113.7"}
    closed, missing = (client.get(path, headers=forwarded) for path in ("/metrics", "/no-such-page"))
    assert (closed.status_code, closed.text) == (missing.status_code, missing.text)


def test_counting_costs_next_to_nothing() -> None:
    """Beside a request that asks nobody, the cheapest that there is."""
    app, metrics = offline_app(), Metrics()
    client = app.test_client()
    with app.test_request_context("/healthz"):
        counted, answered = (
            min(_seconds_each(do) for _ in range(5))
            for do in (lambda: metrics.record(200, 0.01, 2), lambda: client.get("/healthz"))
        )
    assert counted < answered / 10


def _seconds_each(do: Callable[[], object], times: int = 300) -> float:
    # What this thread has worked, whoever else is at it.
    began = time.thread_time()
    for _ in range(times):
        do()
    return (time.thread_time() - began) / times


def test_workers_share_their_numbers(stack: LocalStack, member: Member, tmp_path: Path) -> None:
    with gunicorn(stack, tmp_path / "app.log", workers=2) as server:
        for _ in range(20):
            # A connection each, so that both workers get some.
            assert httpx.get(f"{server.url}/api/v1/flow", trust_env=False, timeout=PATIENCE).status_code == 200
        with httpx.Client(base_url=server.url, trust_env=False, timeout=PATIENCE) as client:
            assert at_chips(Api(through_http(client), member.access_token)).write().status == 201
            found = numbers(client.get("/metrics").text)
    assert found["munui_requests_total", "GET", "/api/v1/flow", "200"] == 20
    assert found["munui_turns_total", TURNS] == 1
    assert found["munui_upstream_calls_total", "POST", TURNS] == 2


def test_apps_in_one_process_count_apart(stack: LocalStack, member: Member) -> None:
    one, other = stack_app(stack), stack_app(stack)
    Api(through_app(one), member.access_token).open()
    assert one.test_client().get("/api/v1/conversations", headers=bearer(member.access_token)).status_code == 200
    assert ("munui_turns_total", "/api/v1/conversations") not in read(other)


def test_work_that_waits_is_told_from_one_question_for_all_who_read(
    proxied_app: Flask, proxy: Proxy, root: Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_numbers, "REMEMBERED_SECONDS", 3600.0)
    root.execute("delete from public.chat_jobs")
    root.execute(
        "insert into public.chat_jobs (kind, state, run_at) values ('try', 'waiting', now() - interval '90 s'),"
        " ('try', 'waiting', now() + interval '1 h'), ('try', 'dead', now()), ('other', 'waiting', now())"
    )
    with proxy.watch() as seen:
        found = [read(proxied_app) for _ in range(3)][-1]
    assert [one.what for one in seen] == ["rpc/jobs_count"]
    assert [found["munui_jobs", "try", state] for state in ("waiting", "running", "dead")] == [2, 0, 1]
    assert 90 <= found["munui_jobs_oldest_seconds", "try"] < 150
    assert found["munui_webhooks", "failing"] == 0
    root.execute("delete from public.chat_jobs")


def test_numbers_are_told_while_the_database_is_away() -> None:
    found = read(offline_app())
    assert "munui_streams" in {name for name, *_ in found}
    assert "munui_jobs" not in {name for name, *_ in found}
