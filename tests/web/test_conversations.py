"""Beginning conversations and listing them: order, pages, last message."""

from typing import Any

import pytest
from psycopg import Connection

from tests.db.chats import add_conversation, add_message
from tests.stack import Member
from tests.web.chat import Api, completed, new_id


def listed(api: Api, **query: Any) -> list[str]:
    return [one["id"] for one in api.conversations(**query).body["conversations"]]


def walk(api: Api, limit: int) -> list[list[str]]:
    """The ids of every page, first to last."""
    pages, cursor = [], None
    while True:
        answer = api.conversations(limit=limit, cursor=cursor)
        assert answer.status == 200
        pages.append([one["id"] for one in answer.body["conversations"]])
        cursor = answer.body["nextCursor"]
        if cursor is None:
            return pages


def test_a_new_conversation_comes_with_its_opening(api: Api, root: Connection[Any]) -> None:
    client_id = new_id()
    first, again = api.open(client_id), api.open(client_id)
    assert (first.status, first.body["replayed"]) == (201, False)
    assert (again.status, again.body["replayed"]) == (200, True)
    assert again.messages == first.messages
    assert [(role, kind) for role, kind, _ in first.texts] == [("bot", "text"), ("bot", "chips")]
    told = first.body["conversation"]
    assert (told["clientConversationId"], told["status"], told["lastReadAt"]) == (client_id, "open", None)
    assert told["unreadCount"] == len(first.messages)
    assert told["lastMessage"] == first.messages[-1]
    assert told["id"] != client_id


def test_an_opening_stays_as_it_was_however_far_the_conversation_goes(api: Api) -> None:
    client_id = new_id()
    first = api.open(client_id)
    conversation = first.body["conversation"]["id"]
    api.turn(conversation, {"type": "text", "content": "안녕하세요"})
    again = api.open(client_id)
    assert (again.status, again.messages) == (200, first.messages)
    assert again.body["conversation"]["id"] == conversation


def test_the_list_is_empty_before_the_first_conversation(api: Api) -> None:
    assert api.conversations().body == {"conversations": [], "nextCursor": None}


def test_the_latest_activity_is_first(api: Api) -> None:
    first, second, third = (api.begin() for _ in range(3))
    assert listed(api) == [third.id, second.id, first.id]
    answer = first.write("다시 왔어요")
    assert listed(api) == [first.id, third.id, second.id]
    # Reading is no activity.
    api.read(second.id)
    assert listed(api) == [first.id, third.id, second.id]
    top = api.conversations(limit=1).body["conversations"][0]
    assert top == answer.body["conversation"]
    assert top["lastMessage"] == answer.messages[-1]


def test_a_completed_conversation_stays_in_the_list(api: Api) -> None:
    chat = completed(api)
    (told,) = api.conversations().body["conversations"]
    assert (told["id"], told["status"]) == (chat.id, "completed")
    assert told["lastMessage"]["kind"] == "notice"


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 200])
def test_pages_lose_nothing_and_double_nothing_under_equal_times(
    api: Api, member: Member, root: Connection[Any], limit: int
) -> None:
    times = ["2026-11-22T08:00:00.123456Z"] * 4 + ["2026-11-22T08:00:00.123457Z"] * 2 + ["2026-11-22T08:00:00Z"]
    made = {add_conversation(root, member.id, last_message_at=time): time for time in times}
    pages = walk(api, limit)
    assert [len(page) for page in pages[:-1]] == [limit] * (len(pages) - 1)
    assert 1 <= len(pages[-1]) <= limit
    ids = [one for page in pages for one in page]
    assert sorted(ids) == sorted(made)
    order = [made[one].replace("00Z", "00.000000Z") for one in ids]
    assert order == sorted(order, reverse=True)
    assert listed(api) == ids


def test_what_moves_up_during_a_walk_hides_nothing_else(api: Api) -> None:
    chats = [api.begin() for _ in range(5)]
    first = api.conversations(limit=2)
    chats[0].write("위로")
    rest = api.conversations(limit=10, cursor=first.body["nextCursor"])
    seen = [one["id"] for answer in (first, rest) for one in answer.body["conversations"]]
    assert set(seen) | {chats[0].id} == {chat.id for chat in chats}
    assert len(seen) == len(set(seen))


def test_a_conversation_without_messages_is_listed(api: Api, member: Member, root: Connection[Any]) -> None:
    empty = add_conversation(root, member.id)
    (told,) = api.conversations().body["conversations"]
    assert (told["id"], told["lastMessage"], told["unreadCount"]) == (empty, None, 0)
    assert api.page(empty).messages == []


def test_members_see_their_own_conversations_only(api: Api, foreign_api: Api) -> None:
    own, foreign = api.begin(), foreign_api.begin()
    assert listed(api) == [own.id]
    assert listed(foreign_api) == [foreign.id]
    # A cursor of somebody else is a place in an order, not a way in.
    foreign_api.begin()
    cursor = foreign_api.conversations(limit=1).body["nextCursor"]
    assert set(listed(api, cursor=cursor)) <= {own.id}


def test_the_limit_is_50_by_default_and_200_at_most(api: Api, member: Member, root: Connection[Any]) -> None:
    root.execute(
        "insert into public.chat_conversations (user_id, client_conversation_id)"
        " select %s, gen_random_uuid() from generate_series(1, 201)",
        [member.id],
    )
    assert len(listed(api)) == 50
    assert len(listed(api, limit=200)) == 200
    assert [len(page) for page in walk(api, 200)] == [200, 1]


def test_the_last_message_is_the_last_in_order_not_in_time(api: Api, member: Member, root: Connection[Any]) -> None:
    chat = api.begin()
    last = add_message(root, member.id, chat.id, content="끝", created_at="2001-01-01T00:00:00Z")
    assert api.conversations().body["conversations"][0]["lastMessage"]["id"] == last["id"]
