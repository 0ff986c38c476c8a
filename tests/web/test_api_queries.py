"""Bodies, limits and cursors that cannot be meant are invalid, and each says which part of it is."""

from collections.abc import Callable
from typing import Any

import pytest
from psycopg import Connection

from tests.db.chats import everything
from tests.stack import Member
from tests.web.chat import Api, new_id


@pytest.fixture(scope="module")
def member(new_member: Callable[[], Member]) -> Member:
    """One account for all of these tests: each begins conversations of its own."""
    return new_member()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"clientConversationId": None},
        {"clientConversationId": "7"},
        {"clientConversationId": new_id(), "requestId": "7"},
        {"clientConversationId": new_id(), "userId": new_id()},
        {"clientConversationId": new_id(), "id": new_id()},
        {"client_conversation_id": new_id()},
    ],
    ids=str,
)
def test_a_conversation_of_another_shape_is_invalid(api: Api, root: Connection[Any], body: dict[str, Any]) -> None:
    before = everything(root)
    answer = api.call("POST", "/conversations", body)
    assert answer.refusal == (422, "invalid")
    assert answer.body["errors"]
    assert everything(root) == before


@pytest.mark.parametrize("limit", ["0", "-1", "201", "1.5", "ten", "", " 1", "1e2", "٣", "99999999999999999999"])
def test_a_limit_outside_of_1_to_200_is_invalid(api: Api, limit: str) -> None:
    answer = api.conversations(limit=limit)
    assert answer.refusal == (422, "invalid")
    assert [fault["field"] for fault in answer.body["errors"]] == ["limit"]


@pytest.mark.parametrize("cursor", ["", "x", "7", "e30=", "MjAyNnx4", "MjAyNi0xMS0yMnw3", "é", "A" * 5000])
def test_a_cursor_that_is_none_of_ours_is_invalid(api: Api, cursor: str) -> None:
    answer = api.conversations(cursor=cursor)
    assert answer.refusal == (422, "invalid")
    assert [fault["field"] for fault in answer.body["errors"]] == ["cursor"]


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "201"},
        {"limit": "-1"},
        {"limit": "x"},
        {"limit": ""},
        {"before": "x"},
        {"before": ""},
        {"after": "-1"},
        {"after": "1.5"},
        {"after": "9" * 30},
        {"before": "5", "after": "2"},
    ],
    ids=str,
)
def test_a_query_that_cannot_be_meant_is_invalid(api: Api, query: dict[str, str]) -> None:
    answer = api.begin().page(**query)
    assert answer.refusal == (422, "invalid")
    assert answer.body["errors"][0]["field"] in query


@pytest.mark.parametrize("query", [{}, {"limit": 0}, {"before": "x"}], ids=str)
def test_a_conversation_that_is_not_there_comes_before_a_bad_query(api: Api, query: dict[str, Any]) -> None:
    assert api.page(new_id(), **query).refusal == (404, "not_found")
