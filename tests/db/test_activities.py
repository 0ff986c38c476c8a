"""Who did what is told where no operator did it: for customers, the bot and time, once and with the right name."""

from typing import Any

import pytest
from psycopg import Connection

from tests.db.calls import call
from tests.db.chats import add_conversation, add_row, new_id
from tests.stack import add_user

_TOLD = (
    "select conversation_id::text, actor_kind, actor_id::text, actor_name, data from public.chat_activities"
    " where type = %s and created_at >= %s order by created_at, id"
)


@pytest.fixture
def told(db: Connection[Any]) -> Any:
    """A function that returns what was told of a type since this test began."""
    began = db.execute("select clock_timestamp()").fetchone()
    return lambda kind: db.execute(_TOLD, [kind, *began]).fetchall()


def test_a_completed_chat_that_a_guest_brought_along(db: Connection[Any], told: Any) -> None:
    user = add_user(db)
    chats = [
        {
            "id": new_id(),
            "client_conversation_id": new_id(),
            "state": {},
            "status": status,
            "messages": [],
            "inquiries": [],
        }
        for status in ("open", "completed")
    ]
    for _ in range(2):
        call(db, "chat_import", user_id=user, flow_version="flow", flow={}, conversations=chats)
    assert told("conversation.completed") == [(chats[1]["id"], "bot", None, None, {})]
    assert len(told("conversation.opened")) == 2


def test_a_guests_form_of_no_conversation(db: Connection[Any], told: Any) -> None:
    form = {"client_inquiry_id": new_id(), "flow_version": "v", "step_id": "ask", "values": {"a": "b"}, "locale": "ko"}
    saved = [call(db, "chat_submit_inquiry", **form).body["inquiry"]["id"] for _ in range(2)]
    assert told("inquiry.submitted") == [(None, "guest", None, None, {"inquiryId": saved[0], "stepId": "ask"})]


def test_what_was_a_guests_is_a_members(db: Connection[Any], told: Any) -> None:
    guest, user = add_user(db), add_user(db)
    place = add_conversation(db, guest)
    call(db, "chat_claim_guest", guest_id=guest, user_id=user)
    db.execute("update public.chat_contacts set name = '하나' where id = %s", [user])
    ((where, kind, actor, _, data),) = told("contact.updated")
    assert (where, kind, actor, data) == (place, "member", user, {"contactId": user, "formerId": guest})


def test_a_rating_bears_a_name(db: Connection[Any], told: Any) -> None:
    user = add_user(db)
    place = add_conversation(db, user, rating_asked_at="now")
    db.execute("update public.chat_contacts set name = '하나' where id = %s", [user])
    assert call(db, "chat_rate", user_id=user, conversation_id=place, score=5).code == "ok"
    assert told("conversation.rated") == [(place, "member", user, "하나", {"score": 5})]


def test_time_is_nobody(db: Connection[Any], told: Any) -> None:
    place = add_conversation(db, add_user(db))
    db.execute("update public.chat_desk set snoozed_until = now() where conversation_id = %s", [place])
    call(db, "inbox_return_idle", seconds=86400, limit=500)
    assert (place, "system", None, None, {}) in told("conversation.woken")


def test_nobody_listens_and_nothing_is_written(db: Connection[Any]) -> None:
    jobs = "select count(*) from public.chat_jobs"
    before = db.execute(jobs).fetchone()
    place = add_conversation(db, add_user(db))
    assert db.execute(jobs).fetchone() == before
    row = {"url": "https://8.8.8.8/", "types": ["conversation.opened"], "secret": "-"}
    webhook = db.execute(
        "insert into public.chat_webhooks (url, types, secret) values (%(url)s, %(types)s, %(secret)s) returning id",
        row,
    ).fetchone()[0]
    add_row(db, "chat_listeners", {"type": "conversation.opened", "webhook_id": webhook})
    add_row(db, "chat_listeners", {"type": "conversation.completed", "webhook_id": webhook, "channel": place})
    other = add_conversation(db, add_user(db))
    made = db.execute("select kind, conversation_id::text from public.chat_jobs where order_key = %s", [str(webhook)])
    assert made.fetchall() == [("webhook", other)]
