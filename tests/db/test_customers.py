"""What customers do where people answer, and what of the people never reaches them."""

from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import psycopg
import pytest
from psycopg import Connection

from scripts.local import LocalStack
from tests.concurrency import at_once
from tests.db.calls import call, inquiry, reply, said, turn
from tests.db.chats import (
    OF_THE_SERVICE,
    add_answer,
    add_chips,
    add_conversation,
    add_form,
    add_message,
    add_row,
    conversation_row,
    everything,
    messages_of,
    new_id,
    tables_with,
)
from tests.db.desk import activities, add_operator
from tests.stack import Member, add_user, connect, persona

AUTHOR = {"name": "박나래", "avatarUrl": None}


@pytest.fixture
def user(db: Connection[Any]) -> str:
    return add_user(db)


@pytest.fixture
def own(db: Connection[Any], user: str) -> str:
    return add_conversation(db, user)


def desk(db: Connection[Any], conversation: str) -> dict[str, Any]:
    found = db.execute("select to_jsonb(d) from public.chat_desk d where conversation_id = %s", [conversation])
    row: dict[str, Any] = found.fetchone()[0]  # type: ignore[index]
    return row


def by_operator(db: Connection[Any], user: str, conversation: str, **columns: Any) -> dict[str, Any]:
    return add_message(db, user, conversation, role="system", author=AUTHOR, **columns)


# The ways by which a customer writes, each with its answer where nobody is blocked.
WRITES: dict[str, Callable[[Connection[Any], str, str], str]] = {
    "a message": lambda db, user, own: call(
        db, "chat_send", member=user, conversation_id=own, client_message_id=new_id(), content="네"
    ).code,
    "a conversation": lambda db, user, _: call(
        db, "chat_open", member=user, client_conversation_id=new_id()
    ).code,
    "an import": lambda db, user, _: call(
        db, "chat_import", user_id=user, flow_version="flow", flow={},
        conversations=[{"id": new_id(), "client_conversation_id": new_id(), "state": {}, "status": "open",
                        "messages": [], "inquiries": []}],
    ).code,
    "a handover": lambda db, user, own: reply(
        db, user, own, 0, turn(None, said(), turn_id=new_id()),
        change={"handling": "waiting", "actor": {"kind": "member", "id": user, "name": None}},
    ).code,
    "a rating": lambda db, user, own: call(db, "chat_rate", user_id=user, conversation_id=own, score=1).code,
    "typing": lambda db, user, own: call(db, "chat_type", user_id=user, conversation_id=own, is_typing=True).code,
    "a page": lambda db, user, _: call(db, "chat_contact", user_id=user, page_url="https://example.com/").code,
    "a guest's chats": lambda db, user, _: call(db, "chat_claim_guest", guest_id=add_user(db), user_id=user).code,
}  # fmt: skip


@pytest.mark.parametrize("what", WRITES)
def test_who_is_blocked_writes_nothing(db: Connection[Any], user: str, own: str, what: str) -> None:
    db.execute("update public.chat_conversations set rating_asked_at = now() where id = %s", [own])
    db.execute("savepoint allowed")
    assert WRITES[what](db, user, own) == "ok"
    db.execute("rollback to savepoint allowed")
    db.execute("update public.chat_contacts set blocked_at = now() where id = %s", [user])
    before = everything(db)
    assert WRITES[what](db, user, own) == "not_allowed"
    assert everything(db) == before


def test_a_member_who_is_blocked_writes_no_row_either(db: Connection[Any], user: str, own: str) -> None:
    sent = add_message(db, user, own, role="user", content="먼저")
    db.execute("update public.chat_contacts set blocked_at = now() where id = %s", [user])
    row = "insert into public.chat_messages (conversation_id, role, kind, content, client_message_id) values (%s, 'user', 'text', '네', %s)"  # noqa: E501
    for statement, values in (
        (row, [own, new_id()]),
        ("insert into public.chat_conversations (client_conversation_id) values (%s)", [new_id()]),
    ):
        with pytest.raises(psycopg.Error) as refused, persona(db, "authenticated", user):
            db.execute(statement.encode(), values)
        assert (refused.value.sqlstate, refused.value.diag.message_primary) == ("PT403", "not_allowed")
    # What was sent before is told as it was.
    again = call(
        db, "chat_send", member=user, conversation_id=own, client_message_id=sent["client_message_id"], content="먼저"
    )
    assert (again.code, again.body["created"]) == ("ok", False)


def test_who_writes_wakes_the_conversation_and_waits(db: Connection[Any], user: str, own: str) -> None:
    db.execute("update public.chat_desk set snoozed_until = now() + interval '1 day' where conversation_id = %s", [own])
    add_message(db, user, own)
    assert desk(db, own)["snoozed_until"] is not None
    add_message(db, user, own, role="user")
    assert (desk(db, own)["snoozed_until"], desk(db, own)["waiting_since"]) == (None, None)
    assert activities(db, own)[-1] == ("conversation.woken", "system", None)
    db.execute("update public.chat_conversations set handling = 'agent' where id = %s", [own])
    assert desk(db, own)["waiting_since"] is None
    add_message(db, user, own, role="user")
    since = desk(db, own)["waiting_since"]
    assert since is not None
    # Longer ago than this transaction: what waits goes on waiting.
    db.execute(
        "update public.chat_desk set waiting_since = waiting_since - interval '1 h' where conversation_id = %s", [own]
    )
    add_message(db, user, own, role="user")
    assert desk(db, own)["waiting_since"] < since
    assert [kind for kind, *_ in activities(db, own)] == ["conversation.opened", "conversation.woken"]


def test_typing_is_written_once_in_three_seconds(db: Connection[Any], user: str, own: str) -> None:
    def typing(is_typing: bool = True) -> tuple[Any, ...]:
        assert call(db, "chat_type", user_id=user, conversation_id=own, is_typing=is_typing).code == "ok"
        found = "select xmin::text || ctid::text, typed_at > now() - interval '8 s'"
        found += " from public.chat_typing where conversation_id = %s"
        return db.execute(found.encode(), [own]).fetchone() or ()

    later = "update public.chat_typing set written_at = now() - interval '{} s' where conversation_id = %s"
    assert typing(is_typing=False) == ()
    first = typing()
    assert first[1]
    assert typing() == first
    db.execute(later.format("2.9").encode(), [own])
    held = typing()
    assert typing() == held
    db.execute(later.format("3").encode(), [own])
    assert typing() != held
    assert not typing(is_typing=False)[1]
    # Who stopped and begins again is held to the same.
    assert not typing()[1]
    assert call(db, "chat_type", user_id=add_user(db), conversation_id=own, is_typing=True).code == "not_found"


@pytest.mark.parametrize(
    ("asked", "given", "code"),
    [
        (None, {"score": 5}, "not_allowed"),
        ("15 days", {"score": 5}, "not_allowed"),
        ("13 days", {"score": 5, "comment": "친절해요"}, "ok"),
        ("0", {"score": 0}, "invalid"),
        ("0", {"score": 6}, "invalid"),
        ("0", {"score": None}, "invalid"),
        ("0", {"score": 3, "comment": "x" * 4001}, "invalid"),
    ],
)
def test_a_rating_is_taken_where_it_was_asked_for(
    db: Connection[Any], user: str, own: str, asked: str | None, given: dict[str, Any], code: str
) -> None:
    db.execute(
        "update public.chat_conversations set rating_asked_at = now() - %s::interval where id = %s", [asked, own]
    )
    assert call(db, "chat_rate", user_id=user, conversation_id=own, **given).code == code
    assert (conversation_row(db, own)["rating"] is not None) is (code == "ok")


def test_the_last_rating_counts_and_a_repeat_changes_nothing(db: Connection[Any], user: str, own: str) -> None:
    db.execute(
        "update public.chat_conversations set rating_asked_at = now(), status = 'completed' where id = %s", [own]
    )
    rate = partial(call, db, "chat_rate", user_id=user, conversation_id=own)
    shown = rate(score=2, comment="별로").body["conversation"]
    assert (shown["rating"]["score"], shown["rating"]["comment"], shown["rev"]) == (2, "별로", 1)
    assert rate(score=2, comment="별로").body["conversation"] == shown
    assert rate(score=4).body["conversation"]["rating"]["comment"] is None
    rated = db.execute(
        "select data from public.chat_activities where type = 'conversation.rated' and conversation_id = %s"
        " order by created_at",
        [own],
    )
    assert rated.fetchall() == [({"score": 2},), ({"score": 4},)]
    assert call(db, "chat_rate", user_id=add_user(db), conversation_id=own, score=1).code == "not_found"


def test_a_contact_keeps_what_was_told_last(db: Connection[Any], user: str, own: str) -> None:
    tell = partial(call, db, "chat_contact", user_id=user)
    assert tell(locale="ko", attributes={"plan": "pro"}).body == {
        "page_url": None, "locale": "ko", "attributes": {"plan": "pro"},
    }  # fmt: skip
    changes = desk(db, own)["changes"]
    db.execute("update public.chat_desk set cx = '1' where conversation_id = %s", [own])
    assert tell(page_url="https://example.com/a").body["attributes"] == {"plan": "pro"}
    # The screens are told of it, and it is in nobody's way.
    assert desk(db, own)["changes"] == changes
    assert desk(db, own)["cx"] != "1"
    assert conversation_row(db, own)["rev"] == 0
    assert [one for one in activities(db, own) if one[0] == "contact.updated"] == [("contact.updated", "member", user)]
    nobody = add_user(db)
    assert tell(user_id=nobody, page_url="https://example.com/").code == "ok"
    made = db.execute("select email, is_guest from public.chat_contacts where id = %s", [nobody]).fetchone()
    assert made == (f"{nobody}@example.com", False)
    assert tell(user_id=new_id()).code == "unauthenticated"
    assert tell(attributes={"much": "x" * 9000}).code != "ok"


def test_a_contact_keeps_the_browser_in_which_it_was_last_seen(db: Connection[Any], user: str) -> None:
    tell = partial(call, db, "chat_contact", user_id=user)
    assert "user_agent" not in tell(user_agent="Firefox").body
    tell(locale="ko")
    kept = "select user_agent from public.chat_contacts where id = %s"
    assert db.execute(kept, [user]).fetchone() == ("Firefox",)
    tell(user_agent="x" * 600)
    assert db.execute(kept, [user]).fetchone() == ("x" * 512,)


def test_unread_is_what_the_bot_and_operators_said(db: Connection[Any], user: str, own: str) -> None:
    def unread() -> int:
        (shown,) = call(db, "chat_list", member=user).body
        count: int = shown["unread_count"]
        return count

    last = [
        add_message(db, user, own),
        add_message(db, user, own, role="system", kind="notice"),
        add_message(db, user, own, role="user"),
        by_operator(db, user, own),
    ][-1]
    assert unread() == 2
    marked = call(db, "chat_mark_read", member=user, conversation_id=own, up_to_message_id=last["id"]).body
    assert (marked["unread_count"], unread()) == (0, 0)
    by_operator(db, user, own)
    (shown,) = call(db, "chat_list", member=user).body
    assert (shown["unread_count"], shown["last_read_seq"], shown["last_message"]["author"]) == (1, 4, AUTHOR)


def test_only_texts_of_the_service_have_an_author(db: Connection[Any], user: str, own: str) -> None:
    for role, kind in (("bot", "text"), ("user", "text"), ("system", "notice")):
        with pytest.raises(psycopg.errors.CheckViolation), db.transaction():
            add_message(db, user, own, role=role, kind=kind, author=AUTHOR)
    with pytest.raises(psycopg.errors.InsufficientPrivilege), persona(db, "authenticated", user):
        add_message(db, user, own, role="system", author=AUTHOR)


def test_what_was_said_is_told_with_who_said_it_and_never_what(db: Connection[Any], user: str, own: str) -> None:
    db.execute("update public.chat_contacts set name = '김하늘' where id = %s", [user])
    add_message(db, user, own, role="user", content="비밀 이야기")
    add_message(db, user, own, content="비밀 이야기")
    by_operator(db, user, own, content="비밀 이야기")
    guest = new_id()
    db.execute("insert into auth.users (id, is_anonymous) values (%s, true)", [guest])
    theirs = add_conversation(db, guest)
    add_message(db, guest, theirs, role="user")
    told = db.execute(
        "select type, actor_kind, actor_id::text, actor_name, data from public.chat_activities"
        " where conversation_id = any(%s::uuid[]) order by created_at, id",
        [[own, theirs]],
    ).fetchall()
    # Of an operator's message the function that wrote it tells.
    assert [row[:4] for row in told] == [
        ("conversation.opened", "member", user, None),
        ("message.created", "member", user, "김하늘"),
        ("message.created", "bot", None, None),
        ("conversation.opened", "guest", guest, None),
        ("message.created", "guest", guest, None),
    ]
    first = messages_of(db, own)[0]
    assert told[1][4] == {"messageId": first["id"], "role": "user", "kind": "text", "seq": 1, "rev": 1}
    assert "비밀" not in str(told)


@pytest.mark.parametrize("role", ["authenticated", "service_role", "anon"])
@pytest.mark.parametrize(
    "change", ["update public.chat_activities set data = '{}'", "delete from public.chat_activities",
               "truncate public.chat_activities"],
)  # fmt: skip
def test_nobody_changes_what_happened(db: Connection[Any], own: str, role: str, change: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege), persona(db, role):
        db.execute(change.encode())


def test_with_an_account_goes_all_of_it(db: Connection[Any], user: str, own: str) -> None:
    add_message(db, user, own, role="user")
    somebody = add_operator(db)
    there = {"conversation_id": own, "operator_id": somebody.id}
    add_row(db, "chat_notes", {**there, "client_note_id": new_id(), "content": "메모"})
    label = add_row(db, "chat_labels", {"name": new_id()})
    add_row(db, "chat_conversation_labels", {"conversation_id": own, "label_id": label["id"]})
    add_row(db, "chat_typing", there)
    add_row(db, "chat_presence", there)
    assert {"chat_notes", "chat_activities", "chat_contacts", "chat_desk"} <= tables_with(db, user, own)
    db.execute("delete from auth.users where id = %s", [user])
    assert tables_with(db, user, own) == {"chat_gone"}
    # For a day: then the next deletion takes it along.
    db.execute("update public.chat_gone set gone_at = now() - interval '2 days' where conversation_id = %s", [own])
    for _ in range(2):
        other = add_user(db)
        add_conversation(db, other)
        db.execute("delete from auth.users where id = %s", [other])
        db.execute("update public.chat_gone set gone_at = now() - interval '25 h' where gone_at = now()")
    assert tables_with(db, own) == set()


def test_an_operators_words_outlive_them(db: Connection[Any], user: str, own: str) -> None:
    somebody = add_operator(db, name="박나래")
    add_row(
        db,
        "chat_notes",
        {"conversation_id": own, "operator_id": somebody.id, "client_note_id": new_id(), "content": "메모"},
    )
    by_operator(db, user, own)
    db.execute("delete from auth.users where id = %s", [somebody.user])
    assert messages_of(db, own)[0]["author"] == AUTHOR
    kept = (
        "select o.display_name, o.user_id from public.chat_notes n join public.chat_operators o on o.id = n.operator_id"
    )
    kept += " where conversation_id = %s"
    assert db.execute(kept.encode(), [own]).fetchall() == [("박나래", None)]


def test_an_export_holds_operators_words_and_ratings_and_nothing_of_the_desk(
    db: Connection[Any], user: str, own: str
) -> None:
    secret = "이 고객은 까다롭다"
    somebody = add_operator(db)
    add_row(
        db,
        "chat_notes",
        {"conversation_id": own, "operator_id": somebody.id, "client_note_id": new_id(), "content": secret},
    )
    db.execute("update public.chat_contacts set attributes = %s where id = %s", [f'{{"note": "{secret}"}}', user])
    db.execute("update public.chat_conversations set rating = '{\"score\": 5}' where id = %s", [own])
    by_operator(db, user, own, content="안녕하세요, 박나래입니다")
    parts = {part: call(db, "chat_export", member=user, part=part).body for part in ("conversations", "messages")}
    assert parts["conversations"]["rows"][0]["rating"] == {"score": 5}
    assert (parts["messages"]["rows"][0]["author"], parts["messages"]["rows"][0]["content"]) == (
        AUTHOR, "안녕하세요, 박나래입니다",
    )  # fmt: skip
    everywhere = [
        call(db, function, member=user, **params).body
        for function, params in (
            ("chat_turn", {"conversation_id": own}), ("chat_list", {}), ("chat_page", {"conversation_id": own}),
            ("chat_changed", {"conversation_id": own, "after_rev": 0}), ("chat_mark_read", {"conversation_id": own}),
        )
    ]  # fmt: skip
    assert secret not in str([parts, everywhere])
    assert somebody.id not in str([parts, everywhere])


HIDDEN = [table for table in OF_THE_SERVICE if table != "chat_gone"]


def test_a_member_may_ask_for_all_of_a_row_and_reaches_nothing_beside_it(
    root: Connection[Any], member: Member, member_rest: httpx.Client, conversation: str
) -> None:
    add_message(root, member.id, conversation)
    for table in ("chat_conversations", "chat_messages", "chat_conversation_reads", "chat_conversation_summaries"):
        assert member_rest.get(f"/{table}", params={"select": "*"}).status_code == 200, table
        for hidden in HIDDEN:
            answer = member_rest.get(f"/{table}", params={"select": f"*,{hidden}(*)"})
            assert answer.json()["code"] in {"42501", "PGRST200", "PGRST201"}, (table, hidden, answer.text)
            narrowed = member_rest.get(f"/{table}", params={"select": "*", f"{hidden}.id": "not.is.null"})
            assert narrowed.status_code >= 400, (table, hidden)
    said_so = member_rest.post(
        "/chat_messages",
        params={"on_conflict": "conversation_id,client_message_id", "select": "*"},
        json={
            "conversation_id": conversation,
            "role": "user",
            "kind": "text",
            "content": "네",
            "client_message_id": new_id(),
        },
        headers={"Prefer": "return=representation,resolution=ignore-duplicates"},
    )
    assert (said_so.status_code, said_so.json()[0]["rev"]) == (201, 2)


def _guests(db: Connection[Any]) -> tuple[str, str, str]:
    """Return a guest's id, and two conversations of theirs; the second has a form that was sent."""
    guest = new_id()
    db.execute("insert into auth.users (id, is_anonymous) values (%s, true)", [guest])
    first, second = add_conversation(db, guest), add_conversation(db, guest)
    filled = add_answer(db, guest, second, add_form(db, guest, second), {"type": "form", "values": {"title": "제목"}})
    add_chips(db, guest, first)
    add_row(db, "chat_conversation_reads", {"conversation_id": first, "user_id": guest, "last_read_seq": 1})
    assert reply(db, guest, second, 0, turn(filled, inquiry=inquiry(), answer={"values": {}})).body["applied"]
    return guest, first, second


def test_what_was_a_guests_becomes_the_members(db: Connection[Any], user: str) -> None:
    guest, first, second = _guests(db)
    # The member has a conversation and a form under the same ids.
    clashing = conversation_row(db, first)["client_conversation_id"]
    add_conversation(db, user, client_conversation_id=clashing)
    form = db.execute("select client_inquiry_id from public.chat_inquiries where user_id = %s", [guest]).fetchone()
    assert form is not None
    values = {"client_inquiry_id": str(form[0]), "user_id": user, "flow_version": "v", "step_id": "ask", "values": {}}
    add_row(db, "chat_inquiries", values)
    before = {which: conversation_row(db, which) for which in (first, second)}

    assert call(db, "chat_claim_guest", guest_id=guest, user_id=user).body == {"moved": 2}
    assert call(db, "chat_claim_guest", guest_id=guest, user_id=user).body == {"moved": 0}
    for which, row in before.items():
        now = conversation_row(db, which)
        assert now["user_id"] == user
        assert (now["rev"], now["state"], now["last_seq"]) == (row["rev"], row["state"], row["last_seq"])
        assert {message["user_id"] for message in messages_of(db, which)} == {user}
    assert conversation_row(db, first)["client_conversation_id"] != clashing
    kept = "select last_read_seq from public.chat_conversation_reads where user_id = %s and conversation_id = %s"
    assert db.execute(kept.encode(), [user, first]).fetchone() == (1,)
    owned = "select count(*), count(distinct client_inquiry_id) from public.chat_inquiries where user_id = %s"
    assert db.execute(owned.encode(), [user]).fetchone() == (2, 2)
    for table in ("chat_conversations", "chat_messages", "chat_conversation_reads", "chat_inquiries"):
        assert db.execute(f"select count(*) from public.{table} where user_id = %s".encode(), [guest]).fetchone() == (
            0,
        )


def test_of_two_who_claim_at_once_one_gets_all_of_it(stack: LocalStack, root: Connection[Any]) -> None:
    guest, first, second = _guests(root)
    takers = [add_user(root) for _ in range(2)]

    def take(user: str) -> int:
        with connect(stack, autocommit=True) as own:
            answer = call(own, "chat_claim_guest", guest_id=guest, user_id=user)
            # Blocked is who has lost everything to somebody faster.
            return answer.body["moved"] if answer.code == "ok" else 0

    moved = at_once([partial(take, user) for user in takers])
    assert sorted(moved) == [0, 2]
    winner = takers[moved.index(2)]
    assert {conversation_row(root, which)["user_id"] for which in (first, second)} == {winner}
