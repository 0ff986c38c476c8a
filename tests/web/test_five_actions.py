"""The five things that people do most, as members do them: one request each, and what the pure engine foretells.

What a guest does in the browser is tested there, against the same engine.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from psycopg import Connection

from service.core.ids import derived_ids
from service.dialogue.engine import open_conversation, take_turn
from service.dialogue.events import ChipClicked, Event, FormSubmitted, TextWritten
from service.dialogue.flows.loader import load_flow
from service.dialogue.knowledge import Knowledge
from service.dialogue.message import Message
from service.dialogue.state import State
from service.dialogue.table import compile_flow
from tests.db.chats import conversation_row
from tests.stack import Member
from tests.web.chat import FORM, Answer, Api, Chat, Send, new_id, through_app
from tests.web.proxy import Proxy

FLOW = compile_flow(load_flow())
OKAY = "다른 문의사항이 있으면 새 대화를 이용해주세요."
ANOTHER = "더 도와드릴 내용이 있나요?"


@pytest.fixture(scope="module")
def member(new_member: Callable[[], Member]) -> Member:
    """One account for all of these tests: each begins conversations of its own."""
    return new_member()


@dataclass
class Browser:
    """Sends requests and counts them."""

    send: Send
    requests: list[str] = field(default_factory=list)

    def __call__(self, method: str, path: str, body: Any, headers: Any) -> Answer:
        self.requests.append(f"{method} {path}")
        return self.send(method, path, body, headers)


class Foretold:
    """The same conversation, run by the engine alone."""

    def __init__(self, conversation: str, locale: Any = "ko") -> None:
        self.conversation = UUID(conversation)
        turn = open_conversation(FLOW, locale, derived_ids(self.conversation, None), datetime.now(UTC))
        self.state: State = turn.state
        self.messages = [shape(one) for one in turn.messages]

    def take(self, event: Event, client_id: str) -> list[dict[str, Any]]:
        """What the bot says to an event."""
        ids = derived_ids(self.conversation, UUID(client_id))
        # Nothing is known of what these tests ask.
        turn = take_turn(FLOW, self.state, event, ids, datetime.now(UTC), knowledge=Knowledge("extractive", "ko"))
        self.state = turn.state
        return [shape(one) for one in turn.messages]


def shape(message: Message) -> dict[str, Any]:
    return {
        "id": str(message.id),
        "role": message.role.value,
        "kind": message.kind.value,
        "content": message.content,
        "payload": message.payload,
        "clientMessageId": str(message.client_message_id),
    }


def seen(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = ("id", "role", "kind", "content", "payload", "clientMessageId")
    return [{name: one[name] for name in names} for one in messages]


@pytest.fixture
def browser(proxied_app: Flask, proxy: Proxy) -> Browser:
    return Browser(through_app(proxied_app))


@pytest.fixture
def api(browser: Browser, member: Member) -> Api:
    return Api(browser, member.access_token)


# An action: how to get there, the event for the engine, and how the member does it.
ACTIONS: dict[str, tuple[list[str], Event, str | None, int]] = {
    "a chip": ([], ChipClicked("categories", "shipping"), "shipping", 2),
    "a form": (["write"], FormSubmitted("write", FORM), None, 3),
    "괜찮아요": (["shipping"], ChipClicked("more", "okay"), "okay", 2),
    "네 다른문의 할게요": (["shipping"], ChipClicked("more", "another"), "another", 2),
    "a text": ([], TextWritten("배송이 언제 오나요?"), None, 2),
}
STEP_OF_CHIPS = {"write": "categories", "shipping": "categories"}


def test_a_new_conversation(api: Api, browser: Browser, proxy: Proxy, root: Connection[Any]) -> None:
    with proxy.watch() as upstream:
        chat = api.begin()
    foretold = Foretold(chat.id)
    assert seen(chat.opened.messages) == foretold.messages
    assert conversation_row(root, chat.id)["state"] == foretold.state.to_json()
    assert (len(browser.requests), len(upstream)) == (1, 2)
    assert chat.opened.messages[0]["content"] == "안녕하세요! 무엇을 도와드릴까요?"


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action(api: Api, browser: Browser, proxy: Proxy, root: Connection[Any], action: str) -> None:
    path, event, chip_id, budget = ACTIONS[action]
    chat = api.begin()
    foretold = Foretold(chat.id)
    for passed in path:
        client_id = new_id()
        expected = foretold.take(ChipClicked(STEP_OF_CHIPS[passed], passed), client_id)
        assert seen(chat.click(passed, client_id).messages[1:]) == expected

    browser.requests.clear()
    client_id = new_id()
    with proxy.watch() as upstream:
        answer = perform(chat, event, chip_id, client_id)
    assert answer.status == 201
    assert seen(answer.messages[1:]) == foretold.take(event, client_id)
    assert len(browser.requests) == 1
    assert len(upstream) == budget

    row = conversation_row(root, chat.id)
    assert row["state"] == foretold.state.to_json()
    status = "completed" if foretold.state.is_completed else "open"
    assert row["status"] == answer.body["conversation"]["status"] == status
    # Everything the page needs came along: what is asked is marked as answered, and nothing must be read again.
    everything_told = [*chat.opened.messages, *answer.messages]
    assert {one["id"] for one in everything_told} <= {one["id"] for one in chat.page().messages}


def perform(chat: Chat, event: Event, chip_id: str | None, client_id: str) -> Answer:
    if chip_id is not None:
        return chat.click(chip_id, client_id)
    if isinstance(event, TextWritten):
        return chat.write(event.content, client_id)
    return chat.submit(client_id=client_id)


def test_okay_says_goodbye_and_completes(api: Api) -> None:
    chat = api.begin()
    chat.click("shipping")
    answer = chat.click("okay")
    assert [content for role, _, content in answer.texts] == ["괜찮아요", OKAY]
    assert answer.body["conversation"]["status"] == "completed"
    assert chat.write().refusal == (409, "conversation_completed")


def test_another_question_begins_again_at_the_topics(api: Api) -> None:
    chat = api.begin()
    chat.click("shipping")
    answer = chat.click("another")
    assert [content for role, _, content in answer.texts][:2] == ["네 다른문의 할게요", ANOTHER]
    assert answer.messages[-1]["payload"] == chat.opened.messages[-1]["payload"]
    assert answer.body["conversation"]["status"] == "open"


def test_clicked_chips_are_marked_and_stay(api: Api) -> None:
    chat = api.begin()
    asked = chat.chips
    answer = chat.click("shipping")
    (updated,) = answer.body["updatedMessages"]
    assert (updated["id"], updated["answer"]) == (asked, {"chipId": "shipping", "label": "배송"})
    assert next(one for one in chat.page().messages if one["id"] == asked) == updated


def test_the_language_is_that_of_who_began(browser: Browser, member: Member) -> None:
    english = Api(browser, member.access_token, **{"Accept-Language": "en"})
    korean = Api(browser, member.access_token, **{"Accept-Language": "ko"})
    chat = english.begin()
    assert seen(chat.opened.messages) == Foretold(chat.id, "en").messages
    # It keeps it, whatever a later request wishes.
    answer = korean.turn(chat.id, {"type": "chip", "messageId": chat.chips, "chipId": "shipping"})
    assert answer.messages[0]["content"] == "Shipping"


@pytest.mark.parametrize("chip_id", ["nothing", "", "SHIPPING", "배송", "okay"])
def test_a_chip_that_is_not_shown_is_unknown(api: Api, chip_id: str) -> None:
    chat = api.begin()
    wanted = (422, "invalid") if chip_id == "" else (422, "unknown_chip")
    assert chat.click(chip_id).refusal == wanted
    assert chat.click("shipping").status == 201


def test_chips_of_elsewhere_are_unknown(api: Api, browser: Browser, stranger: Member) -> None:
    chat, other = api.begin(), api.begin()
    foreign = Api(browser, stranger.access_token).begin()
    for message in (other.chips, foreign.chips, chat.opened.messages[0]["id"], new_id()):
        event = {"type": "chip", "messageId": message, "chipId": "shipping"}
        assert api.turn(chat.id, event).refusal == (422, "unknown_chip")
