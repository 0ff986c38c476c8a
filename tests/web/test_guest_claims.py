"""A member takes over what a guest has said: all of it, once, and nobody else does."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from flask import Flask
from psycopg import Connection

from scripts.local import LocalStack
from tests.concurrency import PATIENCE, at_once, until
from tests.db.chats import add_conversation, add_row
from tests.stack import Member, connect, sign_in_anonymously
from tests.web.apps import APP_URL, token
from tests.web.attacks import forged_tokens, misdirected_tokens
from tests.web.chat import Answer, Api, new_id, text, through_app
from tests.web.deadlocks import WAITING
from tests.web.guests import CLAIM, chats, claim, refresh, talk
from tests.web.proxy import Proxy
from tests.web.test_import import chatted

DELETE = "auth/v1/admin/users"


def test_a_member_takes_over_what_the_guest_has_said(app: Flask, guest: Member, member: Member) -> None:
    mine, _ = talk(app, member.access_token, "내 것")
    theirs, client_id = talk(app, guest.access_token)
    said = Api(through_app(app), guest.access_token).call("GET", f"/conversations/{theirs}/messages").body["messages"]
    assert claim(app, member.access_token, guest.access_token).body == {"moved": 1}

    found = chats(app, member.access_token)
    assert set(found) == {mine, theirs}
    assert found[theirs]["clientConversationId"] == client_id
    api = Api(through_app(app), member.access_token)
    assert api.call("GET", f"/conversations/{theirs}/messages").body["messages"] == said
    turn = {"clientMessageId": new_id(), "event": text("이어서 물어요")}
    assert api.call("POST", f"/conversations/{theirs}/turns", turn).status == 201
    # The same click again, and once more after all of it is over.
    assert [claim(app, member.access_token, guest.access_token).body for _ in range(2)] == [{"moved": 0}] * 2
    # The guest is no more.
    assert chats(app, guest.access_token) == {}
    opened = Api(through_app(app), guest.access_token).call(
        "POST", "/conversations", {"clientConversationId": new_id()}
    )
    assert opened.refusal == (401, "unauthenticated")
    assert refresh(app, guest.refresh_token).refusal == (401, "unauthenticated")


def test_everything_follows_the_conversation(app: Flask, guest: Member, member: Member, root: Connection[Any]) -> None:
    """Messages, inquiries and markers, also of a chat that was imported."""
    theirs = Api(through_app(app), guest.access_token)
    theirs.call("POST", "/import", chatted(app.test_client()).body())
    conversation, _ = talk(app, guest.access_token)
    theirs.call("PUT", f"/conversations/{conversation}/read", {})
    owners = """
        select 'messages', count(*) filter (where user_id = %(one)s), count(*) filter (where user_id = %(other)s)
          from public.chat_messages
        union all select 'reads', count(*) filter (where user_id = %(one)s), count(*) filter (where user_id = %(other)s)
          from public.chat_conversation_reads
        union all select 'inquiries', count(*) filter (where user_id = %(one)s),
          count(*) filter (where user_id = %(other)s) from public.chat_inquiries
    """
    before = root.execute(owners, {"one": guest.id, "other": member.id}).fetchall()
    assert all(row[1] for row in before)
    marker = "select last_read_seq from public.chat_conversation_reads where conversation_id = %s"
    read = root.execute(marker, [conversation]).fetchone()
    desk = """
        select d.changes, o.is_guest, o.id::text
        from public.chat_desk d join public.chat_conversations c on c.id = d.conversation_id
        join public.chat_contacts o on o.id = c.user_id where c.id = %s
    """
    changes, *contact = root.execute(desk, [conversation]).fetchone()
    assert contact == [True, guest.id]
    assert claim(app, member.access_token, guest.access_token).body == {"moved": 2}
    after = root.execute(owners, {"one": guest.id, "other": member.id}).fetchall()
    assert after == [(name, had, one) for name, one, had in before]
    assert root.execute(marker, [conversation]).fetchone() == read
    # Operators see another contact: a change like any other.
    assert root.execute(desk, [conversation]).fetchone() == (changes + 1, False, member.id)


def test_of_claims_at_once_one_moves_it(app: Flask, guest: Member, member: Member, stranger: Member) -> None:
    conversation, _ = talk(app, guest.access_token)
    asked = [member, stranger, member, stranger]
    answers = at_once([lambda who=who: claim(app, who.access_token, guest.access_token) for who in asked])
    assert {answer.status for answer in answers} == {200}
    assert Counter(answer.body["moved"] for answer in answers) == {1: 1, 0: 3}
    winner = asked[[answer.body["moved"] for answer in answers].index(1)]
    assert {who.id: set(chats(app, who.access_token)) for who in (member, stranger)} == {
        who.id: {conversation} if who.id == winner.id else set() for who in (member, stranger)
    }


def test_what_the_guest_begins_while_it_is_claimed_is_moved_too(
    app: Flask, stack: LocalStack, guest: Member, member: Member, root: Connection[Any]
) -> None:
    talk(app, guest.access_token)
    with connect(stack) as browser:
        begun = add_conversation(browser, guest.id)

        def go_on() -> Answer:
            until(lambda: root.execute(WAITING).fetchone()[0] > 0)
            browser.commit()
            return Api(through_app(app), member.access_token).call("GET", "/conversations")

        claimed, _ = at_once([lambda: claim(app, member.access_token, guest.access_token), go_on])
    assert claimed.body == {"moved": 2}
    assert begun in chats(app, member.access_token)


def test_an_id_that_the_member_uses_already_becomes_another(
    app: Flask, guest: Member, member: Member, root: Connection[Any]
) -> None:
    theirs, client_id = talk(app, guest.access_token)
    inquiry = {"client_inquiry_id": new_id(), "flow_version": "v", "step_id": "write", "values": {}}
    add_row(root, "chat_inquiries", {**inquiry, "user_id": guest.id, "conversation_id": theirs})
    mine = add_conversation(root, member.id, client_conversation_id=client_id)
    add_row(root, "chat_inquiries", {**inquiry, "user_id": member.id, "conversation_id": mine})
    assert claim(app, member.access_token, guest.access_token).body == {"moved": 1}
    found = chats(app, member.access_token)
    assert found[mine]["clientConversationId"] == client_id
    assert found[theirs]["clientConversationId"] != client_id
    rows = "select conversation_id::text, client_inquiry_id::text from public.chat_inquiries where user_id = %s"
    kept = dict(root.execute(rows, [member.id]).fetchall())
    assert kept[mine] == inquiry["client_inquiry_id"] != kept[theirs]


def test_a_guest_whose_account_could_not_be_removed_has_no_voice(
    proxied_app: Flask, proxy: Proxy, guest: Member, member: Member, root: Connection[Any]
) -> None:
    talk(proxied_app, guest.access_token)
    gate = proxy.hold("rpc/chat_claim_guest")

    def fail_from_here() -> int:
        assert gate.reached.wait(PATIENCE)
        proxy.answer(f"{DELETE}/{guest.id}", 500, b"{}", times=9)
        gate.open()
        return 0

    claimed, _ = at_once([lambda: claim(proxied_app, member.access_token, guest.access_token), fail_from_here])
    assert claimed.body == {"moved": 1}
    proxy.heal()
    account = "select blocked_at is not null from auth.users u join public.chat_contacts c using (id) where u.id = %s"
    assert root.execute(account, [guest.id]).fetchone() == (True,)
    # What the guest begins now would go with the account.
    again = Api(through_app(proxied_app), guest.access_token)
    opened = again.call("POST", "/conversations", {"clientConversationId": new_id()})
    assert opened.refusal == (403, "not_allowed")
    # Whoever asks again, or retention, takes it away.
    assert claim(proxied_app, member.access_token, guest.access_token).body == {"moved": 0}
    assert root.execute(account, [guest.id]).fetchone() is None


def test_only_a_guests_token_is_claimed_and_only_by_a_member(
    app: Flask, stack: LocalStack, guest: Member, member: Member, stranger: Member
) -> None:
    conversation, _ = talk(app, guest.access_token)
    bad = {
        **forged_tokens(guest.id, stack.jwt_secret, guest.access_token),
        **misdirected_tokens(guest.id, stack.jwt_secret),
        "a member's": stranger.access_token,
        "one's own": member.access_token,
        "not said to be a guest's": token(stack.jwt_secret, sub=guest.id),
        "said to be, as a text": token(stack.jwt_secret, sub=guest.id, is_anonymous="true"),
        # A real member's, from when the account had no name yet.
        "older than the name": token(stack.jwt_secret, sub=stranger.id, is_anonymous=True),
        "a refresh token": guest.refresh_token,
    }
    bad.pop("foreign issuer")
    for name, value in bad.items():
        answer = claim(app, member.access_token, value)
        assert (name, *answer.refusal) == (name, 422, "invalid")
        assert [fault["field"] for fault in answer.body["errors"]] == ["guestAccessToken"]
        assert value not in json.dumps(answer.body)
    expired = claim(app, member.access_token, bad["expired"])
    assert "renew it" in expired.body["errors"][0]["message"]
    # First who asks, then what is sent, then what it means.
    assert claim(app, None, "x").refusal == (401, "unauthenticated")
    assert claim(app, bad["expired"], "x").refusal == (401, "token_expired")
    other = sign_in_anonymously(stack)
    assert claim(app, other.access_token, guest.access_token).refusal == (403, "not_allowed")
    for who, body, refusal in (
        (None, b"{", (401, "unauthenticated")),
        (other.access_token, b"{", (400, "malformed_json")),
        (member.access_token, b"{", (400, "malformed_json")),
        (member.access_token, {}, (422, "invalid")),
        (member.access_token, {"guestAccessToken": None}, (422, "invalid")),
    ):
        assert Api(through_app(app), who).call("POST", CLAIM, body).refusal == refusal
    assert set(chats(app, guest.access_token)) == {conversation}
    assert chats(app, stranger.access_token) == {}


def test_a_blocked_guest_stays_where_it_is(app: Flask, guest: Member, member: Member, root: Connection[Any]) -> None:
    conversation, _ = talk(app, guest.access_token)
    root.execute("update public.chat_contacts set blocked_at = now() where id = %s", [guest.id])
    assert claim(app, member.access_token, guest.access_token).refusal == (403, "not_allowed")
    assert set(chats(app, guest.access_token)) == {conversation}


def test_a_member_of_our_own_page_claims_with_the_cookie(app: Flask, guest: Member, member: Member) -> None:
    conversation, _ = talk(app, guest.access_token)
    client = app.test_client()
    client.post("/sign-in", data={"email": member.email, "password": member.password}, headers={"Origin": APP_URL})
    body = {"guestAccessToken": guest.access_token}
    assert client.post(f"/api/v1{CLAIM}", json=body).status_code == 403
    assert client.post(f"/api/v1{CLAIM}", json=body, headers={"Origin": APP_URL}).json == {"moved": 1}
    assert set(chats(app, member.access_token)) == {conversation}
