"""Pages of messages: oldest first, the newest page by default, and both ways along the cursors."""

from collections.abc import Callable
from typing import Any

import pytest
from psycopg import Connection

from tests.stack import Member
from tests.web.chat import Api, Chat


@pytest.fixture(scope="module")
def member(new_member: Callable[[], Member]) -> Member:
    """One account for all of these tests: each begins conversations of its own."""
    return new_member()


@pytest.fixture
def long(api: Api, member: Member, root: Connection[Any]) -> Chat:
    """A conversation of exactly 11 messages."""
    chat = api.begin()
    root.execute(
        "insert into public.chat_messages (user_id, conversation_id, role, kind, content)"
        " select %s, %s, 'bot', 'text', n::text from generate_series(1, %s) n",
        [member.id, chat.id, 11 - len(chat.opened.messages)],
    )
    return chat


def cursors(chat: Chat, **query: Any) -> list[int]:
    return [int(one["cursor"]) for one in chat.page(**query).messages]


def test_without_a_cursor_the_newest_page_comes_oldest_first(long: Chat) -> None:
    assert cursors(long) == list(range(1, 12))
    newest = long.page(limit=4)
    assert [int(one["cursor"]) for one in newest.messages] == [8, 9, 10, 11]
    assert newest.body["nextCursor"] is None
    assert newest.body["previousCursor"] is not None
    assert newest.body["conversation"]["lastMessage"] == newest.messages[-1]


@pytest.mark.parametrize("limit", [1, 3, 4, 10, 11, 12, 200])
def test_a_walk_back_meets_every_message_once(long: Chat, limit: int) -> None:
    seen: list[int] = []
    before = None
    while True:
        page = long.page(limit=limit, before=before)
        seen = [int(one["cursor"]) for one in page.messages] + seen
        before = page.body["previousCursor"]
        if before is None:
            break
        assert len(page.messages) == limit
    assert seen == list(range(1, 12))


@pytest.mark.parametrize("limit", [1, 3, 4, 10, 11, 12, 200])
def test_a_walk_forward_meets_every_message_once(long: Chat, limit: int) -> None:
    seen: list[int] = []
    after = "0"
    while after is not None:
        page = long.page(limit=limit, after=after)
        seen += [int(one["cursor"]) for one in page.messages]
        after = page.body["nextCursor"]
        assert after is None or len(page.messages) == limit
    assert seen == list(range(1, 12))


def test_a_page_in_the_middle_knows_both_neighbours(long: Chat) -> None:
    middle = long.page(limit=3, before="8")
    assert [int(one["cursor"]) for one in middle.messages] == [5, 6, 7]
    assert cursors(long, limit=3, before=middle.body["previousCursor"]) == [2, 3, 4]
    assert cursors(long, limit=3, after=middle.body["nextCursor"]) == [8, 9, 10]


def test_the_ends_have_no_neighbours(long: Chat) -> None:
    first = long.page(limit=3, before="4")
    assert (first.body["previousCursor"], first.body["nextCursor"] is None) == (None, False)
    last = long.page(limit=3, after="8")
    assert (last.body["nextCursor"], last.body["previousCursor"] is None) == (None, False)
    whole = long.page()
    assert (whole.body["previousCursor"], whole.body["nextCursor"]) == (None, None)


def test_the_cursor_of_a_message_finds_what_came_after_it(long: Chat) -> None:
    last = long.page().messages[-1]
    assert long.page(after=last["cursor"]).messages == []
    answer = long.write("새 소식이 있나요?")
    assert long.page(after=last["cursor"]).messages == answer.messages


def test_a_page_that_has_not_changed_need_not_be_sent_again(app: Any, member: Member, api: Api) -> None:
    chat = api.begin()
    path, headers = f"/api/v1/conversations/{chat.id}/messages", {"Authorization": f"Bearer {member.access_token}"}
    with app.test_client() as client:
        tag = client.get(path, headers=headers).headers.get("ETag")
        if tag is not None:
            assert client.get(path, headers={**headers, "If-None-Match": tag}).status_code == 304
            chat.write()
            assert client.get(path, headers={**headers, "If-None-Match": tag}).status_code == 200
