"""A member takes their data along, or takes it away."""

from __future__ import annotations

from uuid import uuid4

import httpx
import pytest
from flask.testing import FlaskClient

from scripts.local import LocalStack
from tests.stack import Member
from tests.web import apps


@pytest.fixture
def client(stack: LocalStack) -> FlaskClient:
    return apps.stack_app(stack).test_client()


def begin(client: FlaskClient, member: Member) -> str:
    headers = apps.bearer(member.access_token)
    answer = client.post("/api/v1/conversations", json={"clientConversationId": str(uuid4())}, headers=headers)
    conversation = str(answer.get_json()["conversation"]["id"])
    event = {"clientMessageId": str(uuid4()), "event": {"type": "text", "content": "내 자료"}}
    client.post(f"/api/v1/conversations/{conversation}/turns", json=event, headers=headers)
    client.put(f"/api/v1/conversations/{conversation}/read", json={}, headers=headers)
    return conversation


def test_an_export_holds_everything_of_the_member_and_nothing_of_others(
    client: FlaskClient, member: Member, stranger: Member
) -> None:
    mine, theirs = begin(client, member), begin(client, stranger)
    answer = client.get("/api/v1/me/export", headers=apps.bearer(member.access_token))
    assert answer.status_code == 200
    told = answer.get_json()
    assert told["member"]["email"] == member.email
    assert [row["id"] for row in told["conversations"]] == [mine]
    assert len(told["messages"]) == 4
    assert [row["conversationId"] for row in told["reads"]] == [mine]
    assert told["inquiries"] == []
    assert theirs not in answer.get_data(as_text=True)


def test_a_deleted_member_is_gone_and_the_token_is_worth_nothing(
    client: FlaskClient, member: Member, service_rest: httpx.Client
) -> None:
    conversation = begin(client, member)
    headers = apps.bearer(member.access_token)
    assert client.delete("/api/v1/me", headers=headers).status_code == 204

    for table in ("chat_conversations", "chat_messages", "chat_conversation_reads"):
        assert service_rest.get(f"/{table}", params={"user_id": f"eq.{member.id}"}).json() == []
    assert client.get("/api/v1/conversations", headers=headers).get_json()["conversations"] == []
    event = {"clientMessageId": str(uuid4()), "event": {"type": "text", "content": "아직 있나요?"}}
    # A form is looked at before it is written; that reads, and is told as a write all the same.
    form = {"clientMessageId": str(uuid4()), "event": {"type": "form", "messageId": str(uuid4()), "values": {}}}
    for answer in (
        client.post(f"/api/v1/conversations/{conversation}/turns", json=form, headers=headers),
        client.post("/api/v1/conversations", json={"clientConversationId": str(uuid4())}, headers=headers),
        client.post(f"/api/v1/conversations/{conversation}/turns", json=event, headers=headers),
        client.put(f"/api/v1/conversations/{conversation}/read", json={}, headers=headers),
        client.post(
            "/api/v1/import",
            json={"conversations": [{"clientConversationId": str(uuid4()), "flowVersion": "x", "events": []}]},
            headers=headers,
        ),
        client.delete("/api/v1/me", headers=headers),
    ):
        assert (answer.status_code, answer.get_json()["code"]) == (401, "unauthenticated")
