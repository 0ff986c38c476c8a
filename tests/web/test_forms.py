"""Submitted forms: checked before anything is saved, an inquiry for an operator once they are valid."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from psycopg import Connection

from tests.concurrency import at_once
from tests.db.chats import everything, messages_of
from tests.stack import Member
from tests.web.chat import FORM, Api, Chat, at_form, chip, form, new_id


@pytest.fixture(scope="module")
def member(new_member: Callable[[], Member]) -> Member:
    """One account for all of these tests: each begins conversations of its own."""
    return new_member()


@pytest.fixture
def chat(api: Api) -> Chat:
    """A conversation that waits for the form."""
    return at_form(api)


@pytest.mark.parametrize(("name", "written", "normal"), [
    ("phone", "(02) 123-4567", "+8221234567"), ("phone", "010.1234.5678", "+821012345678"),
    ("phone", "010–1234–5678", "+821012345678"), ("phone", "０１０－１２３４－５６７８", "+821012345678"),
    ("email", "한글@한글.한국", "한글@xn--bj0bj06e.xn--3e0b707e"),
])  # fmt: skip
def test_what_people_write_is_kept_and_its_normal_form_beside_it(
    chat: Chat, root: Connection[Any], name: str, written: str, normal: str
) -> None:
    answer = chat.submit({**FORM, name: written})
    assert answer.status == 201
    assert answer.body["updatedMessages"][0]["answer"]["values"][name] == written
    (inquiry,) = inquiries(root, chat.id)
    assert (inquiry["values"][name], inquiry["normal"][name]) == (written, normal)


def inquiries(root: Connection[Any], conversation: str) -> list[dict[str, Any]]:
    found = root.execute("select to_jsonb(i) from public.chat_inquiries i where conversation_id = %s", [conversation])
    return [row[0] for row in found]


@pytest.mark.parametrize(
    ("change", "faulty"),
    [
        ({"name": ""}, {"name"}),
        ({"name": " \u3000"}, {"name"}),
        ({"name": "가" * 51}, {"name"}),
        ({"email": "hana"}, {"email"}),
        ({"email": "hana@example"}, {"email"}),
        ({"phone": "12"}, {"phone"}),
        ({"topic": "weather"}, {"topic"}),
        ({"topic": "배송"}, {"topic"}),
        ({"title": None}, {"title"}),
        ({"body": "짧다"}, {"body"}),
        ({"body": "가" * 2001}, {"body"}),
        ({"consent": False}, {"consent"}),
        ({"consent": None}, {"consent"}),
        ({"consent": "true"}, {"consent"}),
        ({"name": 7}, {"name"}),
        ({"name": ["김"]}, {"name"}),
        ({"extra": "x"}, {"extra"}),
        ({"email": "?", "consent": False, "title": "", "__proto__": 1}, {"email", "consent", "title", "__proto__"}),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_a_faulty_form_is_refused_field_by_field_and_nothing_is_saved(
    chat: Chat, root: Connection[Any], change: dict[str, Any], faulty: set[str]
) -> None:
    before = everything(root)
    answer = chat.submit({**FORM, **change})
    assert answer.refusal == (422, "invalid_form")
    assert {fault["field"] for fault in answer.body["errors"]} == {f"event.values.{name}" for name in faulty}
    assert all(fault["message"] for fault in answer.body["errors"])
    assert everything(root) == before
    # The form is still there to be filled in.
    assert chat.submit().status == 201


def test_an_empty_form_names_every_required_field(chat: Chat) -> None:
    answer = chat.submit({})
    fields = {fault["field"].removeprefix("event.values.") for fault in answer.body["errors"]}
    assert fields == {"name", "email", "topic", "title", "body", "consent"}


@pytest.mark.parametrize("bad", ["a\x00b", "\x00"])
def test_values_that_cannot_be_stored_are_refused(chat: Chat, root: Connection[Any], bad: str) -> None:
    before = everything(root)
    answer = chat.submit({**FORM, "title": bad})
    assert answer.status == 422
    assert [fault["field"] for fault in answer.body["errors"]] == ["event.values.title"]
    assert everything(root) == before


def test_a_valid_form_becomes_an_inquiry(chat: Chat, member: Member, root: Connection[Any]) -> None:
    client_id = new_id()
    answer = chat.submit({**FORM, "name": "  김하나 ", "phone": ""}, client_id)
    kept = {name: value for name, value in FORM.items() if name != "phone"}
    assert answer.status == 201
    assert answer.messages[0]["content"] == "문의를 남겼어요: 영수증"
    assert answer.body["updatedMessages"][0]["answer"] == {"values": kept}
    (inquiry,) = inquiries(root, chat.id)
    assert inquiry["values"] == kept
    assert inquiry["normal"] == {"email": "hana@example.com"}
    assert inquiry["user_id"] == member.id
    assert inquiry["client_inquiry_id"] == client_id
    assert inquiry["message_id"] == answer.messages[0]["id"]
    assert (inquiry["step_id"], inquiry["status"], inquiry["locale"]) == ("write", "new", "ko")


def test_what_the_bot_repeats_of_a_form_is_what_was_kept(chat: Chat) -> None:
    answer = chat.submit({**FORM, "email": " hana@example.com "})
    assert any("hana@example.com 주소로" in (content or "") for _, _, content in answer.texts)


def test_braces_in_an_answer_are_not_filled_in(chat: Chat) -> None:
    answer = chat.submit({**FORM, "title": "{email} {name}"})
    assert answer.messages[0]["content"] == "문의를 남겼어요: {email} {name}"


def test_a_repeated_form_is_one_inquiry(chat: Chat, root: Connection[Any]) -> None:
    client_id = new_id()
    first, again = (chat.submit(client_id=client_id) for _ in range(2))
    assert (first.status, again.status) == (201, 200)
    assert again.messages == first.messages
    # Values that are kept alike are the same event.
    assert chat.submit({**FORM, "title": f" {FORM['title']} "}, client_id).status == 200
    assert len(inquiries(root, chat.id)) == 1


@pytest.mark.parametrize(
    "change", [{"title": "다른 제목"}, {"phone": ""}, {"email": "?"}, {"consent": False}, {"extra": "x"}], ids=str
)
def test_other_values_under_the_same_id_are_a_conflict(
    chat: Chat, root: Connection[Any], change: dict[str, Any]
) -> None:
    client_id = new_id()
    chat.submit(client_id=client_id)
    before = everything(root)
    assert chat.submit({**FORM, **change}, client_id).refusal == (409, "idempotency_conflict")
    assert everything(root) == before


def test_a_form_is_submitted_once(chat: Chat, root: Connection[Any]) -> None:
    event = form(chat.form_id)
    chat.send(event)
    before = everything(root)
    assert chat.send(event).refusal == (409, "already_answered")
    assert chat.send(form(event["messageId"], {})).refusal == (409, "already_answered")
    assert everything(root) == before


def test_of_eight_submissions_at_once_one_wins(chat: Chat, root: Connection[Any]) -> None:
    already = len(messages_of(root, chat.id))
    answers = at_once([partial(chat.api.turn, chat.id, form(chat.form_id)) for _ in range(8)])
    won = [answer for answer in answers if answer.status == 201]
    assert len(won) == 1
    assert [one.refusal for one in answers if one is not won[0]] == [(409, "already_answered")] * 7
    assert [row["id"] for row in messages_of(root, chat.id)[already:]] == [one["id"] for one in won[0].messages]
    assert len(inquiries(root, chat.id)) == 1


def test_a_form_that_is_not_there_is_an_invalid_form(
    chat: Chat, foreign_api: Api, api: Api, root: Connection[Any]
) -> None:
    elsewhere, foreign = at_form(api).form_id, at_form(foreign_api).form_id
    text = chat.opened.messages[0]["id"]
    before = everything(root)
    for message in (elsewhere, foreign, text, new_id()):
        answer = chat.api.turn(chat.id, form(message))
        assert answer.refusal == (422, "invalid_form")
        assert answer.body["errors"]
    assert everything(root) == before


def test_a_form_is_not_answered_by_a_chip(chat: Chat, root: Connection[Any]) -> None:
    before = everything(root)
    assert chat.send(chip(chat.form_id, "shipping")).refusal == (422, "unknown_chip")
    assert everything(root) == before


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"title": 7},
        {"title": {"deep": ["x"]}},
        {"name": "x" * 3000},
        {**FORM, "extra": "x"},
        {**FORM, "email": "?"},
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_a_form_that_was_forged_past_the_service_gets_the_fallback_reply(
    chat: Chat, member: Member, root: Connection[Any], member_rest: Any, values: dict[str, Any]
) -> None:
    forged = {
        "p_conversation_id": chat.id,
        "p_client_message_id": new_id(),
        "p_content": "위조",
        "p_event": {"type": "form", "values": values},
        "p_in_reply_to": chat.form_id,
    }
    assert member_rest.post("/rpc/chat_send", json=forged).status_code == 200
    assert chat.write("그다음 말").status == 201
    contents = [one["content"] for one in chat.page().messages]
    assert sum("처리할 수 없었어요" in (content or "") for content in contents) == 1
    assert inquiries(root, chat.id) == []
