"""A question is answered in its turn, word for word with its source; or honestly not, with a way to a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from psycopg import Connection

from scripts.local import LocalStack
from tests.concurrency import at_once
from tests.db.articles import QUESTION, TEXT, TITLE, UNKNOWN, an_article, answers_of, told, write_article
from tests.db.chats import conversation_row, messages_of
from tests.stack import Member, connect
from tests.web.chat import Api, Chat, at_form, chip, new_id, text
from tests.web.proxy import Passed, Proxy

SEND = Passed("member", "rpc/chat_send")
REPLY = Passed("service", "rpc/chat_reply")


@pytest.fixture(scope="module")
def member(new_member: Callable[[], Member]) -> Member:
    """One account for all of these tests: each begins conversations of its own."""
    return new_member()


@pytest.fixture(scope="module")
def article(stack: LocalStack) -> Iterator[dict[str, Any]]:
    """The one article that answers QUESTION."""
    with connect(stack, autocommit=True) as db, an_article(db) as made:
        yield made


def said(answer: Any) -> dict[str, Any]:
    """The only message of the bot in a turn."""
    _, reply = answer.messages
    return reply


def test_a_question_is_answered_word_for_word_in_two_requests(
    proxied: Api, proxy: Proxy, article: dict[str, Any], root: Connection[Any]
) -> None:
    chat, client_id = proxied.begin(), new_id()
    with proxy.watch() as seen:
        answer = chat.write(QUESTION, client_id)
    assert (answer.status, seen) == (201, [SEND, REPLY])
    reply = said(answer)
    assert (reply["role"], reply["kind"], reply["content"]) == ("bot", "chips", TEXT)
    assert [one["id"] for one in reply["payload"]["chips"]] == ["helpful_yes", "helpful_no", "talk_to_person"]
    (source,) = reply["payload"]["sources"]
    assert (source["articleId"], source["version"], source["title"]) == (article["id"], article["version"], TITLE)
    (kept,) = answers_of(root, chat.id)
    assert (kept["outcome"], kept["mode"], kept["message_id"]) == ("answered", "extractive", reply["id"])
    assert (kept["question_message_id"], kept["sources"]) == (answer.messages[0]["id"], [source])
    with proxy.watch() as seen:
        again = chat.write(QUESTION, client_id)
    assert (again.status, again.messages, seen) == (200, answer.messages, [SEND])
    assert len(answers_of(root, chat.id)) == 1
