"""Several people, devices and processes at once: everybody gets an answer, and nothing is lost or doubled."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from psycopg import Connection

from scripts.local import LocalStack
from tests.concurrency import at_once
from tests.db.chats import conversation_row, messages_of
from tests.stack import Member
from tests.web.apps import stack_app
from tests.web.chat import EVENTS, Answer, Api, chip, completed, form, new_id, text, through_app
from tests.web.deadlocks import TRIES, lost_to


@pytest.fixture(scope="module")
def member(new_member: Callable[[], Member]) -> Member:
    """One account for all of these tests: each begins conversations of its own."""
    return new_member()


@pytest.fixture
def apis(stack: LocalStack, member: Member) -> list[Api]:
    """The API of one member on two processes' worth of apps."""
    return [Api(through_app(stack_app(stack)), member.access_token) for _ in range(2)]


def turns_of(root: Connection[Any], conversation: str) -> list[list[dict[str, Any]]]:
    """The rows of each turn that a user's message began, in order of that message."""
    rows = messages_of(root, conversation)
    return [[row for row in rows if row["turn_id"] == said["id"]] for said in rows if said["role"] == "user"]


def no_gaps(root: Connection[Any], conversation: str) -> bool:
    places = [row["seq"] for row in messages_of(root, conversation)]
    return places == list(range(1, len(places) + 1)) and conversation_row(root, conversation)["last_seq"] == len(places)


@pytest.mark.parametrize("both", [1, 2], ids=["one app", "two apps"])
def test_texts_at_the_same_time_all_get_their_replies(apis: list[Api], root: Connection[Any], both: int) -> None:
    chat = apis[0].begin()
    client_ids = [new_id() for _ in range(8)]
    answers = at_once(
        [
            partial(apis[n % both].turn, chat.id, text(f"{n}번째 말"), client_id)
            for n, client_id in enumerate(client_ids)
        ]
    )
    assert [answer.status for answer in answers] == [201] * 8
    assert all(answer.texts[0][0] == "user" and len(answer.texts) > 1 for answer in answers)
    turns = turns_of(root, chat.id)
    assert sorted(turn[0]["client_message_id"] for turn in turns) == sorted(client_ids)
    # Nothing is known of any. Of those that waited together one was told so, the newest.
    steps = [turn[1]["step_id"] for turn in turns]
    assert (set(steps) <= {"unknown", "answers.together"}, steps[-1]) == (True, "unknown")
    assert no_gaps(root, chat.id)
    row = conversation_row(root, chat.id)
    assert row["handled_seq"] == max(turn[0]["seq"] for turn in turns)
    for answer, client_id in zip(answers, client_ids, strict=True):
        assert answer.messages[0]["clientMessageId"] == client_id
        assert [one["id"] for one in answer.messages[1:]] == [
            str(uuid.uuid5(uuid.UUID(chat.id), f"{client_id}/{place}")) for place in range(len(answer.messages) - 1)
        ]


@pytest.mark.parametrize("both", [1, 2], ids=["one app", "two apps"])
def test_a_click_beside_texts_moves_the_conversation_on(apis: list[Api], root: Connection[Any], both: int) -> None:
    for _ in range(3):
        chat = apis[0].begin()
        click = partial(apis[0].turn, chat.id, chip(chat.chips, "write"))
        texts = [partial(apis[n % both].turn, chat.id, text(f"{n}")) for n in range(4)]
        answers = at_once([*texts, click])
        assert [answer.status for answer in answers] == [201] * 5
        assert answers[-1].messages[-1]["kind"] == "form"
        # Each text was replied to at the step where the conversation stood by then.
        turns = turns_of(root, chat.id)
        place = next(n for n, turn in enumerate(turns) if turn[0]["in_reply_to"])
        steps = [{row["step_id"] for row in turn[1:]} for turn in turns]
        assert steps[place : place + 3] == [{"write"}, {"write"}, {"offer"}][: 5 - place]
        questions = [*steps[:place], *steps[place + 3 :]]
        # Of many that wait together the newest three are looked up; what is older gets what the step itself says.
        assert all(step < {"unknown", "answers.together", "categories"} for step in questions)
        assert no_gaps(root, chat.id)


def test_completing_beside_texts_leaves_no_turn_half_done(apis: list[Api], root: Connection[Any]) -> None:
    for _ in range(3):
        chat = apis[0].begin()
        chat.click("shipping")
        click = partial(apis[0].turn, chat.id, chip(chat.chips, "okay"))
        texts = [partial(apis[n % 2].turn, chat.id, text(f"{n}")) for n in range(4)]
        *written, clicked = at_once([*texts, click])
        assert (clicked.status, clicked.body["conversation"]["status"]) == (201, "completed")
        assert {answer.refusal for answer in written} <= {(201, None), (409, "conversation_completed")}
        row, rows = conversation_row(root, chat.id), messages_of(root, chat.id)
        assert row["status"] == "completed"
        assert row["handled_seq"] == max(one["seq"] for one in rows if one["role"] == "user")
        saved = [one for one in rows if one["role"] == "user" and one["in_reply_to"] is None]
        assert len(saved) == sum(answer.status == 201 for answer in written)
        assert [one["kind"] for one in rows if one["role"] == "bot"].count("notice") == 1
        assert no_gaps(root, chat.id)


@pytest.mark.parametrize("chip_ids", [["shipping"] * 8, ["shipping", "returns"] * 4], ids=["same", "different"])
def test_of_eight_clicks_on_the_same_chips_one_wins(
    apis: list[Api], root: Connection[Any], chip_ids: list[str]
) -> None:
    chat = apis[0].begin()
    answers = at_once(
        [partial(apis[n % 2].turn, chat.id, chip(chat.chips, chip_id)) for n, chip_id in enumerate(chip_ids)]
    )
    won = [answer for answer in answers if answer.status == 201]
    assert len(won) == 1
    assert [one.refusal for one in answers if one is not won[0]] == [(409, "already_answered")] * 7
    ((said, *replies),) = turns_of(root, chat.id)
    assert [row["id"] for row in (said, *replies)] == [one["id"] for one in won[0].messages]
    assert won[0].body["updatedMessages"][0]["answer"]["label"] == said["content"]
    # The losers' view is put right by the next read.
    asked = next(one for one in chat.page().messages if one["id"] == chat.chips)
    assert asked["answer"] == won[0].body["updatedMessages"][0]["answer"]
    assert no_gaps(root, chat.id)


def test_a_click_and_a_text_of_one_id_are_one_event(apis: list[Api], root: Connection[Any]) -> None:
    for _ in range(5):
        chat, client_id = apis[0].begin(), new_id()
        answers = at_once(
            [
                partial(apis[0].turn, chat.id, text("말"), client_id),
                partial(apis[1].turn, chat.id, chip(chat.chips, "shipping"), client_id),
            ]
        )
        assert sorted(answer.status for answer in answers) == [201, 409]
        lost = next(answer for answer in answers if answer.status == 409)
        assert lost.code == "idempotency_conflict"
        assert len(turns_of(root, chat.id)) == 1


def test_a_conversation_that_two_open_takes_their_texts(apis: list[Api], root: Connection[Any]) -> None:
    client_id = new_id()

    def open_and_write(api: Api) -> Answer:
        opened = api.open(client_id)
        assert opened.status in {200, 201}
        return api.turn(opened.body["conversation"]["id"], text("동시에"))

    answers = at_once([partial(open_and_write, apis[n % 2]) for n in range(6)])
    assert [answer.status for answer in answers] == [201] * 6
    (conversation,) = {answer.body["conversation"]["id"] for answer in answers}
    rows = messages_of(root, conversation)
    # The opening is there once and comes before everything else.
    assert [row["turn_id"] for row in rows].count(conversation) == 2
    assert [row["turn_id"] for row in rows[:2]] == [conversation] * 2
    assert no_gaps(root, conversation)


def test_conversations_do_not_wait_for_each_other(apis: list[Api], root: Connection[Any]) -> None:
    chats = [apis[0].begin() for _ in range(6)]
    answers = at_once([partial(apis[n % 2].turn, one.id, text()) for n, one in enumerate(chats) for _ in range(2)])
    assert {answer.status for answer in answers} == {201}
    assert all(no_gaps(root, chat.id) for chat in chats)


def test_a_batch_written_past_the_service_is_answered_in_its_order(
    api: Api, root: Connection[Any], member_rest: Any
) -> None:
    chat = api.begin()
    row = {"conversation_id": chat.id, "role": "user", "kind": "text"}
    batch = [{**row, "client_message_id": new_id(), "content": f"{n}"} for n in range(5)]
    assert member_rest.post("/chat_messages", json=batch).status_code == 201
    assert chat.write("끝").status == 201
    turns = turns_of(root, chat.id)
    assert [turn[0]["content"] for turn in turns] == ["0", "1", "2", "3", "4", "끝"]
    assert all(len(turn) > 1 for turn in turns)
    first_replies = [turn[1]["seq"] for turn in turns]
    assert first_replies == sorted(first_replies)


def test_questions_that_wait_are_looked_up_also_by_a_click(api: Api, root: Connection[Any], member_rest: Any) -> None:
    chat = api.begin()
    row = {"conversation_id": chat.id, "role": "user", "kind": "text"}
    batch = [{**row, "client_message_id": new_id(), "content": f"{n}"} for n in range(3)]
    assert member_rest.post("/chat_messages", json=batch).status_code == 201
    # Nobody has replied to them when somebody clicks.
    assert chat.click("write").status == 201
    steps = [{one["step_id"] for one in turn[1:]} for turn in turns_of(root, chat.id)]
    assert steps == [{"answers.together"}, {"answers.together"}, {"unknown"}, {"write"}]


def test_a_refused_turn_changes_nothing_for_the_next(api: Api, root: Connection[Any]) -> None:
    done = completed(api)
    chat = api.begin()
    at_once(
        [
            partial(done.api.turn, done.id, text()),
            partial(api.turn, chat.id, chip(chat.chips, "nothing")),
            partial(api.turn, chat.id, form(chat.chips)),
            partial(api.turn, chat.id, text("말")),
        ]
    )
    assert len(turns_of(root, chat.id)) == 1
    assert chat.click("write").messages[-1]["kind"] == "form"


@pytest.mark.parametrize("name", ["chip", "form"])
def test_a_turn_that_loses_a_deadlock_is_taken_again(
    api: Api, stack: LocalStack, root: Connection[Any], name: str
) -> None:
    begin, make_event = EVENTS[name]
    for _ in range(TRIES):
        chat = begin(api)
        # The turn locks the conversation and then its question.
        answer, has_lost = lost_to(
            stack, root, partial(api.turn, chat.id, make_event(chat)),
            has=("public.chat_messages", chat.chips if name == "chip" else chat.form_id),
            wants=("public.chat_conversations", chat.id), lock="update",
        )  # fmt: skip
        assert answer.status == 201
        assert no_gaps(root, chat.id)
        assert len(turns_of(root, chat.id)[-1]) > 1
        if has_lost:
            break
    assert has_lost
