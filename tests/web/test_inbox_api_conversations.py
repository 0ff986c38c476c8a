"""Operators answer: claims, replies, changes and what the flow says to them, notes, lists, changes since a cursor."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from flask import Flask
from psycopg import Connection

from scripts.local import LocalStack
from service.inbox.conversations.models import ConversationDetail
from tests.concurrency import at_once
from tests.db.chats import messages_of
from tests.stack import Member, connect
from tests.web.chat import Api, Chat, completed, new_id, through_app
from tests.web.desk import Desk, add_operator, tomorrow
from tests.web.proxy import Passed, Proxy


@pytest.fixture(scope="module")
def member(new_member: Callable[[], Member]) -> Member:
    """One customer for all of these tests: each begins conversations of its own."""
    return new_member()


@pytest.fixture(scope="module")
def operators(stack: LocalStack, new_member: Callable[[], Member]) -> Iterator[dict[str, tuple[Member, str]]]:
    """Account and id of two agents."""
    with connect(stack, autocommit=True) as db:
        accounts = {name: new_member() for name in ("mine", "other")}
        yield {name: (one, add_operator(db, one, display_name=f"상담원 {name}")) for name, one in accounts.items()}


@pytest.fixture
def desk(app: Flask, operators: dict[str, tuple[Member, str]]) -> Desk:
    """The screen of one of them."""
    return Desk(through_app(app), operators["mine"][0].access_token)


@pytest.fixture
def colleague(app: Flask, operators: dict[str, tuple[Member, str]]) -> Desk:
    """The screen of the other."""
    return Desk(through_app(app), operators["other"][0].access_token)


@pytest.fixture
def ids(operators: dict[str, tuple[Member, str]]) -> dict[str, str]:
    """The operators' ids."""
    return {name: key for name, (_, key) in operators.items()}


def waiting(api: Api) -> Chat:
    """Begin a conversation and ask for a person."""
    chat = api.begin()
    assert api.call("POST", f"/conversations/{chat.id}/handover", {}).status == 200
    return chat


def activities(desk: Desk, conversation: str) -> list[str]:
    """The types of what happened to it, oldest first."""
    return [one["type"] for one in desk.inbox("GET", f"/conversations/{conversation}").body["activities"]]


def test_of_two_who_claim_at_once_one_has_it_and_the_other_is_told_who(
    api: Api, desk: Desk, colleague: Desk, ids: dict[str, str]
) -> None:
    for _ in range(5):
        chat = waiting(api)
        answers = at_once([partial(desk.claim, chat.id), partial(colleague.claim, chat.id)])
        won = next(one for one in answers if one.status == 200)
        lost = next(one for one in answers if one is not won)
        assert lost.refusal == (409, "already_assigned")
        assert won.body["conversation"]["assignee"]["id"] == lost.body["assignee"]["id"]
        assert lost.body["assignee"].keys() == {"id", "displayName", "avatarUrl"}
        winner = ids["mine"] if answers[0] is won else ids["other"]
        assert lost.body["assignee"]["id"] == winner
        assert (won.body["conversation"]["status"], won.body["conversation"]["handling"]) == ("open", "agent")
        assert activities(desk, chat.id).count("conversation.assigned") == 1
        # Again by who has it: the same.
        assert [one.claim(chat.id).status for one in (desk, colleague)] == [one.status for one in answers]


def test_a_claim_from_an_older_state_is_refused_with_what_is_now(api: Api, desk: Desk) -> None:
    chat = waiting(api)
    seen = desk.rev(chat.id)
    chat.write("하나 더요")
    answer = desk.claim(chat.id, ifRev=seen)
    assert answer.refusal == (409, "conversation_changed")
    assert answer.body["conversation"]["rev"] > seen
    assert desk.claim(chat.id, ifRev=answer.body["conversation"]["rev"]).status == 200


def test_a_reply_is_there_once_however_often_it_is_sent(
    api: Api, desk: Desk, colleague: Desk, root: Connection[Any], ids: dict[str, str]
) -> None:
    chat, client_id = waiting(api), new_id()
    answers = at_once([partial(desk.reply, chat.id, "도와드릴게요.", client_id)] * 6)
    assert sorted(one.status for one in answers) == [200] * 5 + [201]
    assert sorted(one.body["replayed"] for one in answers) == [False] + [True] * 5
    (written,) = {one.messages[0]["id"] for one in answers}
    assert [row["id"] for row in messages_of(root, chat.id) if row["author"]] == [written]
    shown = answers[0].messages[0]
    assert (shown["role"], shown["kind"], shown["content"]) == ("system", "text", "도와드릴게요.")
    assert (shown["author"], shown["clientMessageId"]) == ({"name": "상담원 mine", "avatarUrl": None}, client_id)
    assert desk.reply(chat.id, "다른 말", client_id).refusal == (409, "idempotency_conflict")
    now = desk.show(chat.id)
    assert (now["handling"], now["assignee"]["id"], now["waitingSince"]) == ("agent", ids["mine"], None)
    assert now["firstAnsweredAt"]
    # Somebody else's may be helped with, and stays theirs.
    assert colleague.reply(chat.id, "저도 도울게요.").status == 201
    assert desk.show(chat.id)["assignee"]["id"] == ids["mine"]
    # The customer sees both, under the names of those who wrote.
    authors = [one["author"]["name"] for one in chat.page().messages if one["author"]]
    assert authors == ["상담원 mine", "상담원 other"]


@pytest.mark.parametrize("content", ["", "  \n", "가" * 4001, "\u3000", "a\0b", None, 7])
def test_a_reply_says_something(api: Api, desk: Desk, content: Any, root: Connection[Any]) -> None:
    chat = waiting(api)
    before = messages_of(root, chat.id)
    assert desk.reply(chat.id, content).refusal == (422, "invalid")
    assert messages_of(root, chat.id) == before


def test_who_has_not_read_the_last_word_is_told(api: Api, desk: Desk) -> None:
    chat = waiting(api)
    seen = desk.rev(chat.id)
    chat.write("아, 그리고요")
    late = desk.reply(chat.id, "네", seenRev=seen)
    assert late.refusal == (409, "conversation_changed")
    now = late.body["conversation"]
    assert (now["lastMessage"]["content"], now["unreadCount"]) == ("아, 그리고요", 1)
    # What only operators did since is no word of the customer's.
    assert desk.note(chat.id).status == 201
    assert desk.reply(chat.id, "네", seenRev=now["rev"]).status == 201
    chat.write("또요")
    assert desk.reply(chat.id, "네").status == 201


def test_a_screen_opens_a_conversation_by_one_request(
    api: Api, desk: Desk, proxied_app: Flask, proxy: Proxy, operators: dict[str, tuple[Member, str]]
) -> None:
    chat = waiting(api)
    proxied_desk = Desk(through_app(proxied_app), operators["mine"][0].access_token)
    api.call("PUT", "/me/contact", {"attributes": {"plan": "pro"}})
    desk.reply(chat.id, "도와드릴게요.")
    with proxy.watch() as seen:
        opened = proxied_desk.inbox("GET", f"/conversations/{chat.id}", limit=2).body
    assert seen == [Passed("service", "rpc/inbox_open")]
    page = desk.said(chat.id, limit=2).body
    assert (opened["messages"], opened["previousCursor"]) == (page["messages"], page["previousCursor"])
    assert opened["contact"]["attributes"] == {"plan": "pro"}
    assert opened["contact"]["userAgent"]
    # Who has them already asks for what stands beside them alone.
    ConversationDetail.model_validate(opened)
    assert "messages" not in desk.inbox("GET", f"/conversations/{chat.id}").body
    assert desk.inbox("GET", f"/conversations/{chat.id}", limit=0).refusal == (422, "invalid")
    assert desk.inbox("GET", f"/conversations/{new_id()}", limit=0).refusal == (404, "not_found")


def test_the_earlier_refusal_of_a_reply_is_told(api: Api, desk: Desk) -> None:
    chat, client_id = waiting(api), new_id()
    seen = desk.rev(chat.id)
    assert desk.reply(new_id(), "").refusal == (404, "not_found")
    assert desk.reply(chat.id, "네", client_id).status == 201
    chat.write("또요")
    assert desk.reply(chat.id, "", new_id(), seenRev=seen).refusal == (409, "conversation_changed")
    assert desk.reply(chat.id, "", client_id, seenRev=seen).refusal == (409, "idempotency_conflict")
    assert desk.change(chat.id, status="completed").status == 200
    assert desk.reply(chat.id, "", new_id(), seenRev=seen).refusal == (409, "conversation_completed")
    assert desk.reply(chat.id, "네", client_id).status == 200


def test_completed_says_goodbye_and_closes_the_input(
    api: Api, desk: Desk, proxied_app: Flask, proxy: Proxy, operators: dict[str, tuple[Member, str]]
) -> None:
    chat = waiting(api)
    desk.claim(chat.id)
    through_proxy = Desk(through_app(proxied_app), operators["mine"][0].access_token)
    rev = desk.rev(chat.id)
    with proxy.watch() as seen:
        answer = through_proxy.change(chat.id, status="completed", ifRev=rev)
    assert (answer.status, answer.body["conversation"]["status"]) == (200, "completed")
    assert seen == [Passed("service", "rpc/inbox_turn"), Passed("service", "rpc/inbox_change")]
    assert [one["kind"] for one in answer.messages][-1:] == ["notice"]
    page = chat.page()
    assert page.body["conversation"]["status"] == "completed"
    assert page.messages[-1]["id"] == answer.messages[-1]["id"]
    assert chat.write("저기요").refusal == (409, "conversation_completed")
    for again in ({"status": "completed"}, {"handling": "?"}):
        assert desk.change(chat.id, **again).refusal == (409, "conversation_completed")
    assert activities(desk, chat.id).count("conversation.completed") == 1


def test_back_with_the_bot_the_flow_goes_on(api: Api, desk: Desk) -> None:
    chat = waiting(api)
    desk.claim(chat.id)
    quiet = chat.write("배송이 언제 오나요?")
    assert [one["role"] for one in quiet.messages] == ["user"]
    answer = desk.change(chat.id, handling="bot")
    now = answer.body["conversation"]
    assert (answer.status, now["handling"], now["assignee"], now["waitingSince"]) == (200, "bot", None, None)
    assert answer.messages
    # It speaks of what is said from now on, and not of what was said to people.
    again = chat.write("교환하고 싶어요")
    assert [one["role"] for one in again.messages][:2] == ["user", "bot"]
    assert desk.change(chat.id, handling="bot").messages == []


def test_a_completed_one_is_opened_again(api: Api, desk: Desk, ids: dict[str, str]) -> None:
    chat = completed(api)
    answer = desk.change(chat.id, status="open")
    now = answer.body["conversation"]
    assert (now["status"], now["handling"], now["assignee"]["id"]) == ("open", "agent", ids["mine"])
    assert "conversation.reopened" in activities(desk, chat.id)
    assert chat.write("다시 왔어요").status == 201


@pytest.mark.parametrize("ended_by", ["bot", "people"])
def test_a_completed_one_is_opened_again_for_the_bot(api: Api, desk: Desk, ended_by: str) -> None:
    chat = waiting(api) if ended_by == "people" else api.begin()
    assert desk.change(chat.id, status="completed").status == 200
    answer = desk.change(chat.id, status="open", handling="bot")
    now = answer.body["conversation"]
    assert (answer.status, now["status"], now["handling"], now["assignee"]) == (200, "open", "bot", None)
    # It goes on at its `resume`, and answers.
    assert [one["kind"] for one in answer.messages][-1] == "chips"
    again = chat.write("교환하고 싶어요")
    assert [one["role"] for one in again.messages][:2] == ["user", "bot"]
    assert again.body["conversation"]["status"] == "open"


def test_it_is_handed_from_one_to_the_other_and_back_to_all(api: Api, desk: Desk, ids: dict[str, str]) -> None:
    chat = waiting(api)
    desk.claim(chat.id)
    given = desk.change(chat.id, assigneeId=ids["other"]).body["conversation"]
    assert (given["assignee"]["id"], given["handling"]) == (ids["other"], "agent")
    free = desk.change(chat.id, assigneeId=None).body["conversation"]
    assert (free["assignee"], free["handling"]) == (None, "waiting")
    assert desk.change(chat.id, assigneeId=new_id()).refusal == (422, "invalid")
    assert activities(desk, chat.id)[-3:] == ["conversation.assigned"] * 2 + ["conversation.unassigned"]


WRONG_CHANGES: dict[str, tuple[dict[str, Any], set[str]]] = {
    "nothing": ({}, {""}),
    "no rev": ({"status": "open"}, {"ifRev"}),
    "no rev, and more": ({"status": "closed", "priority": 1}, {"ifRev", "status", "priority"}),
    "lists and objects": (
        {"ifRev": 1, "handling": ["bot"], "assigneeId": {}, "status": [], "priority": {}},
        {"handling", "assigneeId", "status", "priority"},
    ),
    "null": ({"priority": None, "blocked": None}, {"priority", "blocked"}),
    "a past moment": ({"snoozedUntil": "2020-01-01T00:00:00Z"}, {"snoozedUntil"}),
    "a number for a moment": ({"snoozedUntil": 1}, {"snoozedUntil"}),
    "no offset": ({"snoozedUntil": "2099-01-01T00:00:00"}, {"snoozedUntil"}),
    "an end and a beginning": ({"status": "completed", "handling": "agent", "ifRev": 1}, {"status"}),
    "the bot as an operator": ({"handling": "bot", "assigneeId": new_id(), "ifRev": 1}, {"handling"}),
    "an unknown label": ({"addLabels": ["없는 라벨"]}, {"labels"}),
}


@pytest.mark.parametrize("name", WRONG_CHANGES)
def test_a_change_that_makes_no_sense(api: Api, desk: Desk, name: str) -> None:
    chat = api.begin()
    changes, fields = WRONG_CHANGES[name]
    if "ifRev" in changes:
        changes = {**changes, "ifRev": desk.rev(chat.id)}
    answer = desk.inbox("PATCH", f"/conversations/{chat.id}", changes)
    assert answer.refusal == (422, "invalid")
    assert {fault["field"] for fault in answer.body["errors"]} == fields


def test_only_what_several_may_want_at_once_needs_the_rev(api: Api, desk: Desk) -> None:
    chat = waiting(api)
    old = desk.rev(chat.id)
    chat.write("하나 더요")
    stale = desk.change(chat.id, handling="agent", ifRev=old)
    assert stale.refusal == (409, "conversation_changed")
    assert stale.body["conversation"]["rev"] == desk.rev(chat.id)
    # Also with a body that is not valid.
    assert desk.change(chat.id, handling="?", ifRev=old).refusal == (409, "conversation_changed")
    before = desk.show(chat.id)
    for change in ({"priority": "urgent"}, {"snoozedUntil": tomorrow()}, {"blocked": True}, {"blocked": False}):
        assert desk.change(chat.id, **change).status == 200
    # The customer sees none of it, and it counts all the same.
    now = desk.show(chat.id)
    assert (now["rev"] - before["rev"], now["messagesRev"] - before["messagesRev"]) == (4, 0)
    assert desk.change(chat.id, handling="agent", ifRev=before["rev"]).refusal == (409, "conversation_changed")
    assert desk.change(chat.id, handling="agent", ifRev=now["rev"]).status == 200


def test_a_snoozed_one_is_out_of_sight_until_its_customer_writes(api: Api, desk: Desk) -> None:
    chat = waiting(api)
    until = tomorrow()
    shown = desk.change(chat.id, snoozedUntil=until).body["conversation"]
    assert shown["snoozedUntil"][:19] == until[:19]
    views = ("waiting", "unassigned", "open", "snoozed")

    def seen_in() -> list[str]:
        return [view for view in views if chat.id in found(desk, view)]

    assert seen_in() == ["snoozed"]
    chat.write("아직인가요?")
    assert seen_in() == ["waiting", "unassigned", "open"]
    assert desk.show(chat.id)["snoozedUntil"] is None
    assert activities(desk, chat.id)[-2:] == ["conversation.snoozed", "conversation.woken"]


def test_a_blocked_contact_writes_nothing_more(
    app: Flask, new_member: Callable[[], Member], desk: Desk, root: Connection[Any]
) -> None:
    api = Api(through_app(app), new_member().access_token)
    chat = api.begin()
    assert desk.change(chat.id, blocked=True).body["conversation"]["contact"]["blockedAt"]
    before = messages_of(root, chat.id)
    assert chat.write("저기요").refusal == (403, "not_allowed")
    assert api.open().refusal == (403, "not_allowed")
    assert messages_of(root, chat.id) == before
    assert desk.change(chat.id, blocked=False).body["conversation"]["contact"]["blockedAt"] is None
    assert chat.write("저기요").status == 201


def test_a_note_is_there_once_and_only_its_author_changes_it(api: Api, desk: Desk, colleague: Desk) -> None:
    chat, client_id = api.begin(), new_id()
    first, again = (desk.note(chat.id, "확인 필요", client_id) for _ in range(2))
    assert (first.status, again.status, again.body) == (201, 200, first.body)
    assert desk.note(chat.id, "다른 메모", client_id).refusal == (409, "idempotency_conflict")
    path = f"/notes/{first.body['id']}"
    for method, body in (("PATCH", {"content": "바꿈"}), ("PATCH", {"content": ""}), ("DELETE", None)):
        assert colleague.inbox(method, path, body).refusal == (403, "not_allowed")
    assert first.body["editedAt"] is None
    edited = desk.inbox("PATCH", path, {"content": "확인함"})
    assert (edited.body["content"], edited.body["editedAt"] is None) == ("확인함", False)
    notes = colleague.inbox("GET", f"/conversations/{chat.id}").body["notes"]
    assert notes == [edited.body]
    assert desk.inbox("DELETE", path).status == 204
    assert desk.inbox("DELETE", path).refusal == (404, "not_found")


def found(desk: Desk, view: str, **query: Any) -> list[str]:
    """The conversations of a view, page by page."""
    keys: list[str] = []
    cursor: str | None = None
    while True:
        page = desk.find(view, limit=2, cursor=cursor, **query)
        assert page.status == 200
        keys += [one["id"] for one in page.body["conversations"]]
        cursor = page.body["nextCursor"]
        if cursor is None:
            return keys


def test_each_view_holds_what_it_says(
    api: Api, desk: Desk, colleague: Desk, ids: dict[str, str], root: Connection[Any]
) -> None:
    root.execute("delete from public.chat_conversations")
    bot, first, second, mine, over, later = (
        api.begin(),
        waiting(api),
        waiting(api),
        waiting(api),
        completed(api),
        api.begin(),
    )
    desk.claim(mine.id)
    desk.change(later.id, snoozedUntil=tomorrow())
    # Who waits longest comes first, whoever wrote last.
    first.write("저 먼저요")
    assert found(desk, "waiting") == [first.id, second.id]
    assert found(desk, "unassigned") == [first.id, second.id]
    assert found(desk, "mine") == [mine.id]
    assert found(colleague, "mine") == []
    assert found(desk, "open") == [first.id, mine.id, second.id]
    assert set(found(desk, "bot")) >= {bot.id}
    assert found(desk, "snoozed") == [later.id]
    assert found(desk, "completed") == [over.id]
    assert set(found(desk, "all")) == {one.id for one in (bot, first, second, mine, over, later)}
    assert found(desk, "all", assignee=ids["mine"]) == [mine.id]
    assert found(desk, "all", channel="mk") == found(desk, "all", label="없음\0") == []
    counts = desk.find("all").body["counts"]
    assert {name: counts[name] for name in ("waiting", "mine", "unassigned", "snoozed", "completed", "all")} == {
        "waiting": 2, "mine": 1, "unassigned": 2, "snoozed": 1, "completed": 1, "all": 6,
    }  # fmt: skip
    assert colleague.find("all").body["counts"]["mine"] == 0
    for query in ({"view": "?"}, {"view": "all", "cursor": "x"}, {"view": "all", "limit": 201}, {"assignee": "x"}):
        assert desk.inbox("GET", "/conversations", **query).refusal == (422, "invalid")


def test_unread_is_what_the_customer_said_after_the_last_answer(api: Api, desk: Desk) -> None:
    chat = waiting(api)
    chat.write("하나")
    chat.write("둘")
    assert desk.show(chat.id)["unreadCount"] >= 2
    desk.claim(chat.id)
    assert desk.show(chat.id)["unreadCount"] == 0
    chat.write("셋")
    assert desk.show(chat.id)["unreadCount"] == 1
    desk.reply(chat.id)
    assert desk.show(chat.id)["unreadCount"] == 0


def test_pages_of_messages_are_those_of_the_customer(api: Api, desk: Desk) -> None:
    chat = waiting(api)
    desk.reply(chat.id)
    mine, theirs = desk.said(chat.id), chat.page()
    assert [one["id"] for one in mine.messages] == [one["id"] for one in theirs.messages]
    assert mine.messages == theirs.messages
    part = desk.said(chat.id, limit=1)
    before = desk.said(chat.id, limit=1, before=part.body["previousCursor"])
    assert part.messages + before.messages == [theirs.messages[-1], theirs.messages[-2]]
    assert desk.said(chat.id, after=before.messages[0]["cursor"]).messages == part.messages
    rev = desk.show(chat.id)["messagesRev"]
    chat.write("또요")
    changed = desk.said(chat.id, changedAfter=rev)
    assert [one["content"] for one in changed.messages] == ["또요"]
    assert changed.body["hasMore"] is False
    assert desk.said(chat.id, changedAfter="x").refusal == (422, "invalid")
    assert desk.said(new_id(), changedAfter="x").refusal == (404, "not_found")


def test_changes_tell_every_conversation_once(api: Api, desk: Desk) -> None:
    begun = desk.inbox("GET", "/changes").body
    assert (begun["conversations"], begun["gone"], begun["resync"]) == ([], [], False)
    chat, quiet = waiting(api), api.begin()
    first = desk.inbox("GET", "/changes", cursor=begun["cursor"]).body
    assert {one["id"] for one in first["conversations"]} == {chat.id, quiet.id}
    assert desk.inbox("GET", "/changes", cursor=first["cursor"]).body["conversations"] == []
    desk.note(chat.id)
    second = desk.inbox("GET", "/changes", cursor=first["cursor"]).body
    assert [(one["id"], one["rev"]) for one in second["conversations"]] == [(chat.id, desk.rev(chat.id))]
    for forged in ("x", "", "a\0b", "7:1:1:", begun["cursor"] + "9"):
        told = desk.inbox("GET", "/changes", cursor=forged)
        assert (told.status, told.body["resync"]) == (200, True), forged


def test_who_looks_and_who_types(api: Api, desk: Desk, colleague: Desk, ids: dict[str, str]) -> None:
    chat = waiting(api)
    assert desk.inbox("PUT", "/presence", {"conversationId": new_id()}).refusal == (404, "not_found")
    assert desk.inbox("PUT", "/presence", {"conversationId": chat.id}).status == 204
    seen = colleague.inbox("GET", f"/conversations/{chat.id}").body["viewers"]
    assert [one["id"] for one in seen] == [ids["mine"]]
    desk.inbox("PUT", "/presence", {"conversationId": None})
    assert colleague.inbox("GET", f"/conversations/{chat.id}").body["viewers"] == []
    for is_typing in (True, True, False):
        assert desk.inbox("PUT", f"/conversations/{chat.id}/typing", {"isTyping": is_typing}).status == 204


def test_an_answer_is_read_once_the_customers_marker_passes_it(api: Api, desk: Desk) -> None:
    chat = api.begin()
    first, second = (desk.reply(chat.id, content).messages[0]["id"] for content in ("하나", "둘"))

    def ways() -> list[str]:
        return [one["status"] for one in desk.said(chat.id).messages if one["author"]]

    assert ways() == ["sent", "sent"]
    rev = desk.rev(chat.id)
    api.read(chat.id, first)
    assert ways() == ["read", "sent"]
    assert desk.show(chat.id)["lastMessage"]["status"] == "sent"
    api.read(chat.id, second)
    assert ways() == ["read", "read"]
    assert desk.show(chat.id)["lastMessage"]["status"] == "read"
    # It is worked out when somebody looks: nothing was written, nothing has changed.
    assert desk.rev(chat.id) == rev
