"""Read markers over the API."""

from datetime import datetime
from functools import partial
from typing import Any

import pytest
from psycopg import Connection

from tests.concurrency import at_once
from tests.db.chats import everything
from tests.stack import Member
from tests.web.chat import Answer, Api, at_form, completed, new_id


def unread(api: Api, conversation: str) -> int:
    return next(one for one in api.conversations().body["conversations"] if one["id"] == conversation)["unreadCount"]


def marker(root: Connection[Any], conversation: str) -> int:
    found = root.execute(
        "select last_read_seq from public.chat_conversation_reads where conversation_id = %s", [conversation]
    )
    return found.fetchone()[0]


def at(answer: Answer) -> datetime:
    return datetime.fromisoformat(answer.body["lastReadAt"])


def test_reading_marks_everything_up_to_the_last_message(api: Api) -> None:
    chat = at_form(api)
    bots = [one for one in chat.page().messages if one["role"] == "bot"]
    assert unread(api, chat.id) == len(bots)
    answer = api.read(chat.id)
    assert answer.status == 200
    assert set(answer.body) == {"conversationId", "lastReadAt", "unreadCount"}
    assert (answer.body["conversationId"], answer.body["unreadCount"]) == (chat.id, 0)
    assert answer.body["lastReadAt"].endswith("Z")
    told = api.conversations().body["conversations"][0]
    assert (told["unreadCount"], told["lastReadAt"]) == (0, answer.body["lastReadAt"])


def test_a_conversation_that_was_never_opened_is_unread_as_a_whole(api: Api, foreign_api: Api) -> None:
    chats = [at_form(api) for _ in range(2)]
    for chat in chats:
        bots = [one for one in chat.page().messages if one["role"] == "bot"]
        assert unread(api, chat.id) == len(bots) == chat.page().body["conversation"]["unreadCount"]
    # Neither another conversation's marker nor another member's counts.
    api.read(chats[0].id)
    foreign_api.read(foreign_api.begin().id)
    assert unread(api, chats[0].id) == 0
    assert unread(api, chats[1].id) > 0


def test_a_marker_may_stand_in_the_middle(api: Api) -> None:
    chat = at_form(api)
    messages = chat.page().messages
    for place, message in enumerate(messages):
        later = [one for one in messages[place + 1 :] if one["role"] == "bot"]
        assert api.read(chat.id, message["id"]).body["unreadCount"] == len(later) == unread(api, chat.id)


def test_a_marker_does_not_go_back_and_keeps_its_time(api: Api) -> None:
    chat = at_form(api)
    first = api.read(chat.id)
    for up_to in (None, chat.opened.messages[0]["id"], chat.form_id):
        assert api.read(chat.id, up_to).body == first.body
    chat.write()
    later = api.read(chat.id)
    assert at(later) > at(first)


def test_what_comes_later_is_unread_again(api: Api) -> None:
    chat = api.begin()
    api.read(chat.id)
    answer = chat.write()
    replies = [one for one in answer.messages if one["role"] == "bot"]
    assert answer.body["conversation"]["unreadCount"] == len(replies) == unread(api, chat.id)


def test_a_completed_conversation_can_be_read(api: Api) -> None:
    chat = completed(api)
    assert api.read(chat.id).body["unreadCount"] == 0


@pytest.mark.parametrize(("more", "shown"), [(99, 99), (100, 100), (140, 100)])
def test_more_than_99_unread_are_told_as_100(
    api: Api, member: Member, root: Connection[Any], more: int, shown: int
) -> None:
    chat = api.begin()
    root.execute(
        "insert into public.chat_messages (user_id, conversation_id, role, kind, content)"
        " select %s, %s, 'bot', 'text', '안녕' from generate_series(1, %s)",
        [member.id, chat.id, more],
    )
    answer = api.read(chat.id, chat.opened.messages[-1]["id"])
    assert answer.body["unreadCount"] == shown == unread(api, chat.id)


def test_a_message_of_elsewhere_is_invalid_and_moves_nothing(api: Api, foreign_api: Api, root: Connection[Any]) -> None:
    chat, other, foreign = api.begin(), api.begin(), foreign_api.begin()
    before = everything(root)
    for up_to in (other.chips, foreign.chips, new_id()):
        answer = api.read(chat.id, up_to)
        assert answer.refusal == (422, "invalid")
        assert [fault["field"] for fault in answer.body["errors"]] == ["upToMessageId"]
    assert everything(root) == before


@pytest.mark.parametrize("body", [{"upToMessageId": "7"}, {"upToMessageId": 7}, {"upTo": new_id()}], ids=str)
def test_a_marker_of_another_shape_is_invalid(api: Api, root: Connection[Any], body: dict[str, Any]) -> None:
    chat = api.begin()
    before = everything(root)
    assert api.call("PUT", f"/conversations/{chat.id}/read", body).refusal == (422, "invalid")
    assert api.call("PUT", f"/conversations/{new_id()}/read", body).refusal == (404, "not_found")
    assert everything(root) == before


def test_a_body_may_be_left_out(api: Api) -> None:
    chat = api.begin()
    assert api.call("PUT", f"/conversations/{chat.id}/read").body["unreadCount"] == 0


def test_readers_at_once_leave_the_furthest_marker(api: Api, root: Connection[Any]) -> None:
    chat = at_form(api)
    messages = chat.page().messages
    jobs = [partial(api.read, chat.id, one["id"]) for one in messages] * 2
    answers: list[Answer] = at_once(jobs)
    assert {answer.status for answer in answers} == {200}
    assert marker(root, chat.id) == int(messages[-1]["cursor"])
    assert unread(api, chat.id) == 0


def test_a_marker_never_passes_what_is_written_at_the_same_time(api: Api, root: Connection[Any]) -> None:
    chat = api.begin()
    for _ in range(5):
        at_once([partial(api.read, chat.id), partial(chat.write, "동시에"), partial(api.read, chat.id)])
        messages = chat.page().messages
        seq = marker(root, chat.id)
        assert seq <= int(messages[-1]["cursor"])
        later = [one for one in messages if one["role"] == "bot" and int(one["cursor"]) > seq]
        assert unread(api, chat.id) == len(later)
