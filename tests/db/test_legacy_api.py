"""A migrated conversation over the HTTP API: found, opened, read, continued. The members have real accounts."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from scripts import backfill
from scripts.local import LocalStack
from scripts.local.bootstrap import bootstrap
from scripts.local.paths import LEGACY, MIGRATIONS
from scripts.migrations.runner import migrate
from tests.db.legacy import BASELINE, EXPANDED
from tests.stack import Member, sign_up
from tests.web import apps

CHIPS = '{"text": "무엇을 도와드릴까요?", "chips": [{"type": "delivery", "label": "배송"}]}'


@pytest.fixture
def migrated(
    tmp_path_factory: pytest.TempPathFactory, stack: LocalStack
) -> Iterator[tuple[LocalStack, Member, str, str]]:
    """A project of its own: accounts and rows of the legacy client, then every migration and the backfill."""
    own = LocalStack(stack.root.parent / f"{stack.root.name}-legacy", durable=False, fresh=True, migrations=None)
    try:
        own.start_postgres()
        bootstrap(own.db_url, gateway_password=own.keys.gateway_password)
        migrate(own.db_url, LEGACY, legacy_of=MIGRATIONS, to=BASELINE)
        own.start_gateway()
        member = sign_up(own)
        with psycopg.connect(own.db_url, autocommit=True) as db:
            conversation = _fill(db, member.id, "active")
            done = _fill(db, member.id, "closed")
        migrate(own.db_url, LEGACY, legacy_of=MIGRATIONS, to=EXPANDED)
        assert backfill.main(["messages", "--apply", "--database-url", own.db_url]) == 0
        assert backfill.main(["reads", "--apply", "--database-url", own.db_url]) == 0
        migrate(own.db_url, LEGACY, legacy_of=MIGRATIONS)
        own.restart_gateway()
        yield own, member, conversation, done
    finally:
        apps.close_all()
        own.stop()
        _remove(own.root)


def _remove(root: Path) -> None:
    import shutil

    shutil.rmtree(root, ignore_errors=True)


def _fill(db: psycopg.Connection[Any], user: str, status: str) -> str:
    row = db.execute(
        "insert into public.chat_conversations (user_id, status) values (%s, %s) returning id", [user, status]
    ).fetchone()
    assert row is not None
    for place, (kind, content, is_read) in enumerate(
        (("bot", "안녕하세요", True), ("chips", CHIPS, True), ("user", " 배송 ", False), ("bot", "찾아볼게요", False))
    ):
        db.execute(
            "insert into public.chat_messages (conversation_id, type, content, is_read, created_at)"
            " values (%s, %s, %s, %s, now() - interval '1 day' + make_interval(secs => %s))",
            [row[0], kind, content, is_read, place],
        )
    return str(row[0])


def test_it_is_found_opened_read_and_continued(migrated: tuple[LocalStack, Member, str, str]) -> None:
    own, member, conversation, done = migrated
    client = apps.stack_app(own).test_client()
    headers = apps.bearer(member.access_token)
    base = f"/api/v1/conversations/{conversation}"

    listed = {one["id"]: one for one in client.get("/api/v1/conversations", headers=headers).json["conversations"]}
    assert {key: one["status"] for key, one in listed.items()} == {conversation: "open", done: "completed"}
    assert listed[conversation]["unreadCount"] == 1
    assert listed[conversation]["lastMessage"]["content"] == "찾아볼게요"

    page = client.get(f"{base}/messages", headers=headers).json
    assert [(m["role"], m["kind"], m["content"]) for m in page["messages"]] == [
        ("bot", "text", "안녕하세요"),
        ("bot", "chips", "무엇을 도와드릴까요?"),
        ("user", "text", "배송"),
        ("bot", "text", "찾아볼게요"),
    ]
    chips = page["messages"][1]
    assert chips["payload"] == {"chips": [{"id": "chip_1", "label": "배송"}]}
    assert chips["answeredAt"] is not None

    read = client.put(f"{base}/read", headers=headers, json={})
    assert (read.status_code, read.json["unreadCount"]) == (200, 0)

    opened = client.post(
        "/api/v1/conversations", headers=headers,
        json={"clientConversationId": listed[conversation]["clientConversationId"]},
    )  # fmt: skip
    assert opened.status_code in {200, 201}
    assert opened.json["conversation"]["id"] == conversation
    question = next(m for m in opened.json["messages"] if m["kind"] == "chips")
    assert {one["id"] for one in question["payload"]["chips"]} >= {"shipping", "write"}

    event = {"type": "chip", "messageId": question["id"], "chipId": "shipping"}
    turn = client.post(
        f"{base}/turns",
        headers=headers,
        json={"clientMessageId": "0c0ffee0-0000-4000-8000-000000000001", "event": event},
    )
    assert turn.status_code == 201
    assert [m["role"] for m in turn.json["messages"]][:2] == ["user", "bot"]
    everything = client.get(f"{base}/messages", headers=headers).json["messages"]
    assert [m["id"] for m in everything][:4] == [m["id"] for m in page["messages"]]

    # An answer to a question of old, and a word in a conversation that is over.
    late = {"type": "chip", "messageId": chips["id"], "chipId": "chip_1"}
    refused = client.post(
        f"{base}/turns",
        headers=headers,
        json={"clientMessageId": "0c0ffee0-0000-4000-8000-000000000002", "event": late},
    )
    assert refused.status_code in {201, 409}
    over = client.post(
        f"/api/v1/conversations/{done}/turns", headers=headers,
        json={"clientMessageId": "0c0ffee0-0000-4000-8000-000000000003", "event": {"type": "text", "content": "hi"}},
    )  # fmt: skip
    assert (over.status_code, over.json["code"]) == (409, "conversation_completed")


def test_it_goes_on_with_its_next_event_without_being_opened(migrated: tuple[LocalStack, Member, str, str]) -> None:
    own, member, conversation, _ = migrated
    client = apps.stack_app(own).test_client()
    headers = apps.bearer(member.access_token)
    base = f"/api/v1/conversations/{conversation}"
    event = {"type": "text", "content": "다시 왔어요"}
    turn = client.post(
        f"{base}/turns",
        headers=headers,
        json={"clientMessageId": "0c0ffee0-0000-4000-8000-000000000004", "event": event},
    )
    assert turn.status_code == 201
    later = client.get(f"{base}/messages", headers=headers).json["messages"][4:]
    assert any(message["kind"] == "chips" for message in later)
