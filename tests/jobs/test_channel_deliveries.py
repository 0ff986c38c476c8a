"""What goes out by a channel: to its own webhook, with what was said, once for each attempt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from psycopg import Connection

from service.jobs.worker import Worker
from tests.db.chats import add_message, add_row, new_id
from tests.jobs.conftest import Hook
from tests.jobs.receiving import Receiver
from tests.stack import Member
from tests.web.channels import Channel, add_channel
from tests.web.chat import Api, through_app
from tests.web.desk import Desk


@pytest.fixture
def outlet(admin: Desk, receiver: Receiver) -> Iterator[Hook]:
    """A webhook that listens to nothing by itself."""
    made = admin.inbox("POST", "/webhooks", {"url": receiver.url, "types": []})
    assert made.status == 201
    yield Hook(made.body["id"], made.body["secret"], admin)
    admin.inbox("DELETE", f"/webhooks/{made.body['id']}")


@pytest.fixture
def channel(app: Flask, admin: Desk, outlet: Hook) -> Channel:
    return add_channel(admin, through_app(app), webhookId=outlet.id)


def told(receiver: Receiver, outlet: Hook) -> list[tuple[str, int, str]]:
    """What was said, at which attempt, by whom, as the other side has verified it."""
    events = [one.verify(outlet.secret)["data"] for one in receiver.got]
    return [(one["message"]["content"], one["attempt"], one["actor"]["kind"]) for one in events]


def test_an_answer_goes_to_the_webhook_of_its_channel_with_what_was_said(
    app: Flask, admin: Desk, boss: Member, channel: Channel, outlet: Hook, receiver: Receiver, worker: Worker
) -> None:
    other = add_channel(admin, through_app(app))
    here = channel.receive(threadKey="o-7").body["conversationId"]
    elsewhere = other.receive().body["conversationId"]
    ours = Api(through_app(app), boss.access_token).begin().id
    said = admin.reply(here, "오늘 보내 드릴게요 🚚")
    assert {admin.reply(one, "남의 말").status for one in (elsewhere, ours)} == {201}
    worker.drain()

    (got,) = receiver.got
    event = got.verify(outlet.secret)
    assert event["type"] == "message.created"
    data = event["data"]
    assert (data["conversationId"], data["attempt"], data["actor"]["kind"]) == (here, 1, "operator")
    assert data["channel"] == {"id": channel.id, "contact": {"externalId": "c-1"}, "threadKey": "o-7"}
    shown = said.messages[0]
    assert data["message"] == shown
    assert shown["status"] == "sent"
    # What the customer wrote does not come back.
    assert told(receiver, outlet) == [("오늘 보내 드릴게요 🚚", 1, "operator")]


def test_a_new_attempt_is_one_more_delivery(
    admin: Desk, channel: Channel, outlet: Hook, receiver: Receiver, worker: Worker
) -> None:
    conversation = channel.receive().body["conversationId"]
    out = admin.reply(conversation, "네").messages[0]["id"]
    worker.drain()
    channel.settle(out, "failed", error="no route")
    assert [channel.retry(out).status for _ in range(2)] == [202, 202]
    worker.drain()
    assert told(receiver, outlet) == [("네", 1, "operator"), ("네", 2, "operator")]
    assert len(set(receiver.ids())) == 2
    assert [one["state"] for one in outlet.deliveries()] == ["delivered"] * 2
    assert channel.settle(out, "read").body["status"] == "read"
    assert admin.said(conversation).messages[-1]["status"] == "read"


def test_why_it_failed_is_the_teams_to_know(
    admin: Desk, channel: Channel, hook: Hook, receiver: Receiver, worker: Worker
) -> None:
    conversation = channel.receive().body["conversationId"]
    out = admin.reply(conversation, "네").messages[0]["id"]
    assert admin.inbox("PATCH", f"/webhooks/{hook.id}", {"types": ["message.status_changed"]}).status == 200
    channel.settle(out, "failed", error="010-1234-5678 is not in service")
    worker.drain()
    (event,) = (got.event for got in receiver.got if got.event["type"] == "message.status_changed")
    assert (event["data"]["data"]["status"], event["data"]["data"]["messageId"]) == ("failed", out)
    assert "010-1234" not in receiver.got[-1].body.decode()


def test_what_nobody_is_to_hear_goes_nowhere(
    admin: Desk, channel: Channel, outlet: Hook, receiver: Receiver, worker: Worker
) -> None:
    conversation = channel.receive().body["conversationId"]
    admin.note(conversation, "메모")
    admin.change(conversation, priority="high")
    # Elsewhere, from now on.
    assert admin.inbox("PATCH", f"/channels/{channel.id}", {"webhookId": None}).body["webhookId"] is None
    admin.reply(conversation, "네")
    worker.drain()
    assert admin.inbox("PATCH", f"/channels/{channel.id}", {"webhookId": outlet.id}).status == 200
    assert admin.inbox("DELETE", f"/channels/{channel.id}").status == 204
    admin.reply(conversation, "네")
    worker.drain()
    assert receiver.got == []


def test_a_webhook_that_is_none_is_refused(admin: Desk, channel: Channel) -> None:
    for refused in (
        admin.inbox("POST", "/channels", {"name": "ERP", "webhookId": new_id()}),
        admin.inbox("PATCH", f"/channels/{channel.id}", {"webhookId": new_id()}),
    ):
        assert refused.refusal == (422, "invalid")
        assert [one["field"] for one in refused.body["errors"]] == ["webhookId"]


def test_a_rules_word_goes_out_too(
    channel: Channel, outlet: Hook, receiver: Receiver, worker: Worker, root: Connection[Any]
) -> None:
    conversation = channel.receive().body["conversationId"]
    owner = root.execute("select user_id from public.chat_conversations where id = %s", [conversation]).fetchone()[0]
    said = add_message(root, str(owner), conversation, role="system", content="지금은 쉬는 시간이에요")
    activity = {"conversation_id": conversation, "type": "message.created", "actor_kind": "rule", "actor_name": "규칙"}
    add_row(root, "chat_activities", {**activity, "data": {"messageId": said["id"], "role": "system"}})
    worker.drain()
    assert told(receiver, outlet) == [("지금은 쉬는 시간이에요", 1, "rule")]
