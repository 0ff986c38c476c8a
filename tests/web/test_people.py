"""Typing, rating, what a page says of its visitor, what changed since, and whether the team is there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from flask import Flask
from psycopg import Connection

from service.conversations import team as team_calls
from tests.concurrency import at_once
from tests.db.chats import conversation_row, messages_of
from tests.stack import Member
from tests.web.chat import Answer, Api, Chat, new_id, through_app
from tests.web.desk import Desk, add_operator
from tests.web.proxy import Passed, Proxy


@pytest.fixture(scope="module")
def member(new_member: Callable[[], Member]) -> Member:
    """One account for all of these tests: each begins conversations of its own."""
    return new_member()


def at(chat: Chat, what: str, body: Any) -> Answer:
    """Put something to a conversation."""
    return chat.api.call("PUT", f"/conversations/{chat.id}/{what}", body)


# Each call of a conversation: its path, a body, one that is not valid, what it answers where all is well.
CALLS = {
    "typing": ({"isTyping": True}, {"isTyping": "yes"}, 204),
    "rating": ({"score": 5, "comment": "친절해요"}, {"score": 6}, 200),
}


@pytest.mark.parametrize("what", CALLS)
def test_each_costs_one_and_is_the_owners(
    proxied: Api, proxy: Proxy, foreign_api: Api, root: Connection[Any], what: str
) -> None:
    body, wrong, status = CALLS[what]
    chat = proxied.begin()
    root.execute("update public.chat_conversations set rating_asked_at = now() where id = %s", [chat.id])
    with proxy.watch() as seen:
        assert at(chat, what, body).status == status
    assert [one.who for one in seen] == ["service"]
    assert at(chat, what, wrong).refusal == (422, "invalid")
    path = f"/conversations/{chat.id}/{what}"
    for given in (body, wrong):
        assert foreign_api.call("PUT", path, given).refusal == (404, "not_found")
    assert Api(foreign_api._send, None).call("PUT", path, body).refusal == (401, "unauthenticated")


def test_typing_is_no_change_of_the_conversation(api: Api, root: Connection[Any]) -> None:
    chat = api.begin()
    before = conversation_row(root, chat.id)
    at_once([partial(at, chat, "typing", {"isTyping": True})] * 4)
    typed = root.execute("select * from public.chat_typing where conversation_id = %s", [chat.id]).fetchall()
    assert len(typed) == 1
    assert conversation_row(root, chat.id) == before


def test_a_rating_is_taken_where_it_was_asked_for_and_the_last_counts(api: Api, root: Connection[Any]) -> None:
    chat = api.begin()
    assert at(chat, "rating", {"score": 4}).refusal == (403, "not_allowed")
    root.execute("update public.chat_conversations set rating_asked_at = now() where id = %s", [chat.id])
    assert chat.page().body["conversation"]["ratingAsked"] is True
    for score, comment in ((2, None), (5, "고마워요")):
        rated = at(chat, "rating", {"score": score, "comment": comment})
        assert rated.status == 200
        assert rated.body["conversation"]["ratingAsked"] is False
    rating = conversation_row(root, chat.id)["rating"]
    assert (rating["score"], rating["comment"]) == (5, "고마워요")
    root.execute(
        "update public.chat_conversations set rating_asked_at = now() - interval '15 days' where id = %s", [chat.id]
    )
    assert at(chat, "rating", {"score": 1}).refusal == (403, "not_allowed")


def test_what_a_page_says_of_its_visitor_is_kept(proxied: Api, proxy: Proxy, foreign_api: Api) -> None:
    put = partial(proxied.call, "PUT", "/me/contact")
    with proxy.watch() as seen:
        first = put(
            {"pageUrl": "https://shop.example/item/1", "locale": "ko-KR", "attributes": {"plan": "pro", "n": 2}}
        )
    assert (first.status, seen) == (200, [Passed("service", "rpc/chat_contact")])
    again = put({"locale": "en"})
    assert again.body == {
        "pageUrl": "https://shop.example/item/1",
        "locale": "en",
        "attributes": {"plan": "pro", "n": 2},
    }
    assert put({}).body == again.body
    # Somebody without a contact gets one.
    assert foreign_api.call("PUT", "/me/contact", {}).body == {"pageUrl": None, "locale": None, "attributes": {}}


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"pageUrl": "javascript:alert(1)"}, (422, "invalid")),
        ({"pageUrl": "https://a" + "b" * 2048}, (422, "invalid")),
        ({"locale": "한국어"}, (422, "invalid")),
        ({"attributes": {"deep": {"er": 1}}}, (422, "invalid")),
        ({"attributes": {"": 1}}, (422, "invalid")),
        ({"attributes": {"a": "\x00"}}, (422, "invalid")),
        ({"email": "me@example.com"}, (422, "invalid")),
        ({"attributes": {"a": 10**400}}, (422, "invalid")),
        ({"attributes": {"a": -(2**53)}}, (422, "invalid")),
        ({"pageUrl": "https://a\njavascript:b"}, (422, "invalid")),
        # Longer in the database than on its way.
        ({"attributes": {f"n{n}": 1e300 for n in range(30)}}, (422, "invalid")),
        ({"attributes": {"a": "x" * 8200}}, (413, "payload_too_large")),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_no_contact_is_refused(api: Api, body: Any, refusal: tuple[int, str]) -> None:
    answer = api.call("PUT", "/me/contact", body)
    assert answer.refusal == refusal
    assert answer.status == 413 or answer.body["errors"][0]["field"].partition(".")[0] == next(iter(body))


def test_changes_are_told_once_and_in_their_order(
    proxied: Api, proxy: Proxy, app: Flask, new_member: Callable[[], Member], root: Connection[Any]
) -> None:
    operator = new_member()
    add_operator(root, operator, display_name="김상담", avatar_url="https://shop.example/kim.png")
    desk = Desk(through_app(app), operator.access_token)
    chat = proxied.begin()
    start = chat.page().body["conversation"]["rev"]
    chat.click("shipping")
    desk.reply(chat.id, "안녕하세요")
    with proxy.watch() as seen:
        changed = chat.page(changedAfter=start)
    assert seen == [Passed("member", "rpc/chat_changed")]
    told = changed.body["messages"]
    assert [one["rev"] for one in told] == sorted({one["rev"] for one in told})
    assert {one["id"] for one in told} == {row["id"] for row in messages_of(root, chat.id) if row["rev"] > start}
    # The chips of the opening are among them: they were answered.
    assert chat.opened.last("chips") in {one["id"] for one in told}
    assert (told[-1]["author"], told[-1]["status"]) == (
        {"name": "김상담", "avatarUrl": "https://shop.example/kim.png"},
        "sent",
    )
    conversation = changed.body["conversation"]
    assert (conversation["handling"], conversation["unreadCount"] > 0) == ("agent", True)
    assert conversation["agent"] == {"name": "김상담", "avatarUrl": "https://shop.example/kim.png", "isTyping": False}
    pages = []
    rev = start
    while True:
        page = chat.page(changedAfter=rev, limit=2).body
        pages += page["messages"]
        if not page["hasMore"]:
            break
        rev = page["messages"][-1]["rev"]
    assert pages == told
    proxied.read(chat.id)
    assert chat.page(changedAfter=told[-2]["rev"]).messages[-1]["status"] == "read"
    for query in ({"changedAfter": "x"}, {"changedAfter": 1, "after": 1}, {"changedAfter": 1, "limit": 0}):
        assert chat.page(**query).refusal == (422, "invalid")
        assert proxied.page(new_id(), **query).refusal == (404, "not_found")


def test_the_team_is_asked_for_once_for_everybody(
    proxied_app: Flask, proxy: Proxy, root: Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = Api(through_app(proxied_app), None)
    ask = partial(nobody.call, "GET", "/team")
    monkeypatch.setattr(team_calls, "KEPT", 3600.0)
    root.execute("update public.chat_team set expected_reply_seconds = 300")
    try:
        with proxy.watch() as seen:
            first = ask()
            assert [one.body for one in at_once([ask] * 4)] == [first.body] * 4
        assert (first.status, seen) == (200, [Passed("service", "chat_team")])
        assert first.body == {"isOnline": False, "opensAt": None, "expectedReplySeconds": 300}
        root.execute(
            """update public.chat_team set expected_reply_seconds = null, override_open = false,
               override_until = date_trunc('second', now()) + interval '1 hour'"""
        )
        (opens,) = root.execute("select override_until from public.chat_team").fetchone() or (None,)
        # What is kept is of before, until it is too old.
        assert ask().body == first.body
        monkeypatch.setattr(team_calls, "KEPT", 0.0)
        answer = ask().body
        assert (answer["isOnline"], answer["expectedReplySeconds"]) == (False, None)
        assert opens is not None
        assert answer["opensAt"].endswith("Z")
    finally:
        root.execute(
            "update public.chat_team set expected_reply_seconds = null, override_open = null, override_until = null"
        )
