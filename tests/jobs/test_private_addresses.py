"""A webhook reaches nothing of this network, whatever its name stood for when it was looked at."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from flask import Flask
from psycopg import Connection

from scripts.local import LocalStack
from service.activities.webhooks.sending import post
from service.app import create_app
from service.http.context import part_of
from service.supabase.clients import Upstream
from tests.jobs.conftest import Hook, Place
from tests.jobs.receiving import Receiver
from tests.stack import Member
from tests.web.apps import stack_settings
from tests.web.chat import through_app
from tests.web.desk import Desk
from tests.working import hand_driven

pytestmark = pytest.mark.tried("attacks")


@pytest.fixture
def careful(stack: LocalStack, boss: Member) -> Any:
    """The API of an app that lets no webhook into this network, as the same admin calls it."""
    made: Flask = create_app(stack_settings(stack))
    yield Desk(through_app(made), boss.access_token)
    part_of(made, Upstream).close()


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://localhost:8000/", "http://[::1]/", "http://0/", "http://10.1"]
)
def test_it_cannot_be_set_up(url: str, careful: Desk, hook: Hook) -> None:
    made = careful.inbox("POST", "/webhooks", {"url": url, "types": []})
    changed = careful.inbox("PATCH", f"/webhooks/{hook.id}", {"url": url})
    for refused in (made, changed):
        assert refused.refusal == (422, "invalid")
        assert refused.body["errors"] == [{"field": "url", "message": "must not lead into a private network"}]


def test_a_name_that_leads_elsewhere_by_the_time_of_the_connection(
    careful: Desk,
    place: Place,
    receiver: Receiver,
    stack: LocalStack,
    monkeypatch: pytest.MonkeyPatch,
    root: Connection[Any],
) -> None:
    url = receiver.url.replace("127.0.0.1", "localhost")
    outside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 80))]
    with monkeypatch.context() as then:
        then.setattr(socket, "getaddrinfo", lambda *_, **__: outside)
        made = careful.inbox("POST", "/webhooks", {"url": url, "types": ["message.created"]})
    assert made.status == 201
    place.say()
    with hand_driven(stack, webhook_repeats="0") as worker:
        worker.drain()
    (delivery,) = careful.inbox("GET", f"/webhooks/{made.body['id']}/deliveries").body["deliveries"]
    assert (delivery["state"], delivery["error"], delivery["attempts"]) == ("failed", "private_address", 2)
    assert receiver.got == []
    careful.inbox("DELETE", f"/webhooks/{made.body['id']}")


def test_a_redirect_to_this_machine_is_not_followed(receiver: Receiver) -> None:
    receiver.answer = lambda _: (307, {"Location": receiver.url + "/inside"}, b"")
    # The first address is allowed, as one of the internet is; whither it leads is not even asked.
    asked: list[str] = []
    sent = post(receiver.url, {}, b"{}", allows_private=False, may_connect=lambda it: not asked.append(it))
    assert (sent.code, len(receiver.got), asked) == (307, 1, ["127.0.0.1"])


def test_the_address_that_is_checked_is_the_one_that_is_connected_to(receiver: Receiver) -> None:
    asked: list[str] = []
    sent = post(
        receiver.url.replace("127.0.0.1", "localhost"), {}, b"{}",
        allows_private=False, may_connect=lambda address: asked.append(address) or address == "127.0.0.1",
    )  # fmt: skip
    assert sent.is_success
    assert receiver.got[0].peer == "127.0.0.1"
    assert asked[-1] == "127.0.0.1"
    nobody = post(receiver.url, {}, b"{}", allows_private=False, may_connect=lambda _: False)
    assert (nobody.code, nobody.error, len(receiver.got)) == (None, "private_address", 1)
