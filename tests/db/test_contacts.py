"""Every conversation's owner is a contact: made by the database, seen by the service alone, gone with the account."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import httpx
import psycopg
import pytest
from psycopg import Connection

from scripts.local import LocalStack
from tests.concurrency import at_once
from tests.db.chats import add_conversation, add_message, add_row, new_id
from tests.stack import Member, add_user, persona, rest, sign_up

NothingChanges = Callable[[], AbstractContextManager[None]]


def contacts(db: Connection[Any], user: str) -> list[tuple[Any, ...]]:
    return db.execute(
        "select id::text, user_id::text, email from public.chat_contacts where id = %s", [user]
    ).fetchall()


def test_a_member_becomes_one_with_the_first_conversation(stack: LocalStack, root: Connection[Any]) -> None:
    somebody = sign_up(stack)
    assert contacts(root, somebody.id) == []
    with rest(stack, somebody.access_token) as client:
        opened = [client.post("/rpc/chat_open", json={"p_client_conversation_id": new_id()}) for _ in range(2)]
        inserted = client.post("/chat_conversations", json={"client_conversation_id": new_id()})
    assert [answer.status_code for answer in [*opened, inserted]] == [200, 200, 201]
    assert contacts(root, somebody.id) == [(somebody.id, somebody.id, somebody.email)]


def test_eight_first_conversations_at_once_make_one(stack: LocalStack, root: Connection[Any]) -> None:
    somebody = sign_up(stack)
    with rest(stack, somebody.access_token) as client:
        opening = [
            partial(client.post, "/rpc/chat_open", json={"p_client_conversation_id": new_id()}) for _ in range(8)
        ]
        assert {answer.status_code for answer in at_once(opening)} == {200}
    assert len(contacts(root, somebody.id)) == 1
    owned = "select count(*) from public.chat_conversations where user_id = %s"
    assert root.execute(owned, [somebody.id]).fetchone() == (8,)


def test_what_is_known_of_a_contact_stays_as_it_is(db: Connection[Any]) -> None:
    user = add_user(db)
    add_row(db, "chat_contacts", {"id": user, "user_id": user, "email": "told@example.com", "name": "김"})
    add_conversation(db, user)
    assert contacts(db, user) == [(user, user, "told@example.com")]


def test_without_an_account_there_is_no_conversation(db: Connection[Any]) -> None:
    gone = add_user(db)
    db.execute("delete from auth.users where id = %s", [gone])
    for way in ("select public.chat_open(gen_random_uuid())", "insert into public.chat_conversations default values"):
        with pytest.raises(psycopg.Error) as refused, persona(db, "authenticated", gone):
            db.execute(way)
        assert (refused.value.sqlstate, refused.value.diag.message_primary) == ("PT401", "unauthenticated")
    with pytest.raises(psycopg.Error) as refused, persona(db, "service_role"):
        db.execute("insert into public.chat_conversations (user_id) values (gen_random_uuid())")
    assert refused.value.sqlstate == "PT401"


def test_somebody_known_only_from_outside_may_own_a_conversation(db: Connection[Any]) -> None:
    outside = add_row(db, "chat_contacts", {"name": "방문자", "phone": "010-0000-0000"})["id"]
    own = add_conversation(db, outside)
    add_message(db, outside, own)
    db.execute("delete from public.chat_contacts where id = %s", [outside])
    assert db.execute("select count(*) from public.chat_messages where user_id = %s", [outside]).fetchone() == (0,)


def test_a_contact_bears_its_accounts_id_or_none(db: Connection[Any]) -> None:
    user, other = add_user(db), add_user(db)
    for columns in ({"id": other, "user_id": user}, {"user_id": user}):
        with pytest.raises(psycopg.errors.CheckViolation), db.transaction():
            add_row(db, "chat_contacts", columns)


@pytest.mark.parametrize("column", ["name", "email", "phone", "locale", "last_page_url"])
def test_texts_of_a_contact_have_an_end(db: Connection[Any], column: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation), db.transaction():
        add_row(db, "chat_contacts", {column: "x" * 2049})


@pytest.mark.parametrize("attributes", [[], {"page": "x" * 8192}])
def test_attributes_are_an_object_of_at_most_8_kb(db: Connection[Any], attributes: Any) -> None:
    with pytest.raises(psycopg.errors.CheckViolation), db.transaction():
        add_row(db, "chat_contacts", {"attributes": attributes})


def test_a_member_reaches_no_contact_whatever_the_way(
    root: Connection[Any], member: Member, member_rest: httpx.Client, nothing_changes: NothingChanges
) -> None:
    add_conversation(root, member.id)
    root.execute("""update public.chat_contacts set attributes = '{"vip": "geheim"}' where id = %s""", [member.id])
    with nothing_changes():
        answers = [
            member_rest.get("/chat_contacts"),
            member_rest.get("/chat_conversations", params={"select": "*,chat_contacts(*)"}),
            member_rest.get("/chat_conversations", params={"chat_contacts.attributes->>vip": "eq.geheim"}),
            member_rest.patch("/chat_contacts", params={"id": f"eq.{member.id}"}, json={"name": "x"}),
            member_rest.post("/chat_contacts", json={"id": member.id, "user_id": member.id}),
            member_rest.post("/rpc/make_contact", json={}),
        ]
    assert not [answer.text for answer in answers if answer.is_success]
    for part in ("conversations", "messages", "reads", "inquiries", "contacts"):
        assert "geheim" not in member_rest.post("/rpc/chat_export", json={"p_part": part}).text
