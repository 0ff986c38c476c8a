"""Who handles a conversation decides what is written: people silence the bot, and forms are kept."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from psycopg import Connection

from scripts.local import LocalStack
from tests.concurrency import until
from tests.db.calls import Answered, call, inquiry, reply, said, turn
from tests.db.chats import (
    add_answer,
    add_chips,
    add_conversation,
    add_form,
    add_message,
    conversation_row,
    messages_of,
    new_id,
)
from tests.db.desk import activities, add_operator
from tests.stack import Member, add_user, connect

CUSTOMER = {"kind": "member", "id": None, "name": None}
CHIP = {"type": "chip", "chip_id": "yes"}
VALUES = {"type": "form", "values": {"title": "제목"}}


@pytest.fixture
def user(db: Connection[Any]) -> str:
    return add_user(db)


@pytest.fixture
def own(db: Connection[Any], user: str) -> str:
    """A conversation of `user` that the bot has opened."""
    conversation = add_conversation(db, user)
    assert reply(db, user, conversation, 0, turn(None, said())).body["applied"]
    return conversation


def handled_by(db: Connection[Any], conversation: str, handling: str) -> None:
    db.execute(
        "update public.chat_conversations set handling = %s, rev = rev + 1 where id = %s", [handling, conversation]
    )


def text(db: Connection[Any], user: str, conversation: str) -> dict[str, Any]:
    return add_message(db, user, conversation, role="user", content="안녕하세요")


def inquiries(db: Connection[Any], conversation: str) -> int:
    found = db.execute("select count(*) from public.chat_inquiries where conversation_id = %s", [conversation])
    return found.fetchone()[0]  # type: ignore[index]


def bots(db: Connection[Any], conversation: str) -> int:
    return sum(row["role"] == "bot" for row in messages_of(db, conversation))


def _text(db: Connection[Any], user: str, conversation: str) -> dict[str, Any]:
    said_by = text(db, user, conversation)["id"]
    return {"turns": [turn(said_by, said())], "message_id": said_by}


def _chip(db: Connection[Any], user: str, conversation: str) -> dict[str, Any]:
    clicked = add_answer(db, user, conversation, add_chips(db, user, conversation), CHIP)
    return {"turns": [turn(clicked, said(), answer={"chip_id": "yes", "label": "네"})], "message_id": clicked}


def _form(db: Connection[Any], user: str, conversation: str) -> dict[str, Any]:
    filled = add_answer(db, user, conversation, add_form(db, user, conversation), VALUES)
    return {
        "turns": [turn(filled, said(), answer={"values": {"title": "제목"}}, inquiry=inquiry())],
        "message_id": filled,
    }


def _opening(db: Connection[Any], user: str, conversation: str) -> dict[str, Any]:
    return {"turns": [turn(None, said())]}


def _farewell(db: Connection[Any], user: str, conversation: str) -> dict[str, Any]:
    return {**_text(db, user, conversation), "status": "completed"}


def _handover(db: Connection[Any], user: str, conversation: str) -> dict[str, Any]:
    change = {"handling": "waiting", "actor": CUSTOMER}
    return {"turns": [turn(None, said(), turn_id=new_id())], "change": change}


@pytest.mark.parametrize("begun", [_text, _chip, _form, _opening, _farewell, _handover])
def test_what_the_bot_had_begun_is_void_once_somebody_has_it(
    stack: LocalStack, root: Connection[Any], member: Member, conversation: str, begun: Callable[..., dict[str, Any]]
) -> None:
    """The reply waits for the claim's lock. The state is the one that it was computed from; only `handling` is not."""
    arguments = begun(root, member.id, conversation)
    somebody = add_operator(root)
    before = conversation_row(root, conversation)
    spoken = bots(root, conversation)
    answers: list[Answered] = []
    with connect(stack) as claiming, connect(stack, autocommit=True) as writing:
        # Begun, so that it is not over with the call.
        claiming.execute("select")
        assert call(claiming, "inbox_claim", user_id=somebody.user, id=conversation).code == "ok"
        turns = arguments.pop("turns")
        writer = threading.Thread(
            target=lambda: answers.append(reply(writing, member.id, conversation, 0, *turns, **arguments))
        )
        writer.start()
        waits = "select exists (select from pg_locks where pid = %s and not granted)"
        until(lambda: root.execute(waits, [writing.info.backend_pid]).fetchone() == (True,))
        claiming.commit()
        writer.join()
    (answer,) = answers
    assert (answer.code, answer.body["applied"], answer.body["conversation"]["handling"]) == ("ok", False, "agent")
    now = conversation_row(root, conversation)
    assert {key: now[key] for key in ("state", "state_version", "status", "handled_seq")} == {
        key: before[key] for key in ("state", "state_version", "status", "handled_seq")
    }
    assert (bots(root, conversation), inquiries(root, conversation)) == (spoken, 0)
    if begun is _form:
        # Computed again, it is recorded: a form that was saved just before a claim keeps its inquiry.
        recorded = [{**one, "messages": [said("system")]} for one in turns]
        again = reply(
            root, member.id, conversation, 0, *recorded, message_id=arguments["message_id"], handling="people"
        )
        assert (again.body["applied"], again.body["handled"], inquiries(root, conversation)) == (True, True, 1)


def test_a_claim_that_comes_second_finds_what_the_bot_said(
    stack: LocalStack, root: Connection[Any], member: Member, conversation: str
) -> None:
    somebody = add_operator(root)
    arguments = _text(root, member.id, conversation)
    with connect(stack) as writing:
        turns = arguments.pop("turns")
        assert reply(writing, member.id, conversation, 0, *turns, **arguments).body["applied"]
        writing.commit()
    assert call(root, "inbox_claim", user_id=somebody.user, id=conversation).code == "ok"
    assert [row["role"] for row in messages_of(root, conversation)] == ["user", "bot"]


def test_a_text_is_answered_by_nobody_but_people(db: Connection[Any], user: str, own: str) -> None:
    waited = text(db, user, own)["id"]
    handled_by(db, own, "waiting")
    sent = call(db, "chat_send", member=user, conversation_id=own, client_message_id=new_id(), content="여보세요").body
    assert (sent["handled"], sent["replies"], sent["pending"]) == (True, [], [])
    assert conversation_row(db, own)["handled_seq"] == sent["message"]["seq"]
    # What was said before a person was wanted is over, too.
    assert call(db, "chat_turn", member=user, conversation_id=own, message_id=waited).body["handled"]


@pytest.mark.parametrize("handling", ["waiting", "agent"])
def test_what_is_chosen_or_filled_in_meanwhile_is_recorded(
    db: Connection[Any], user: str, own: str, handling: str
) -> None:
    chips, form = add_chips(db, user, own), add_form(db, user, own)
    handled_by(db, own, handling)
    clicked = add_answer(db, user, own, chips, CHIP)
    filled = add_answer(db, user, own, form, VALUES)
    last = text(db, user, own)["id"]
    # A text does not pass over what is still to be recorded.
    assert not call(db, "chat_turn", member=user, conversation_id=own, message_id=last).body["handled"]
    row = conversation_row(db, own)
    recorded = [
        turn(clicked, answer={"chip_id": "yes", "label": "네"}),
        turn(filled, said("system"), answer={"values": {"title": "제목"}}, inquiry=inquiry()),
        turn(last),
    ]
    version = row["state_version"]
    spoken = bots(db, own)
    answer = reply(
        db,
        user,
        own,
        version,
        *recorded,
        message_id=last,
        handling="people",
        status="completed",
        state={"step": "other"},
    )
    assert (answer.body["applied"], answer.body["handled"]) == (True, True)
    after = conversation_row(db, own)
    assert (after["state"], after["flow_version"], after["status"], after["handling"]) == (
        row["state"], row["flow_version"], "open", handling,
    )  # fmt: skip
    answers = {one["id"]: one["answer"] for one in messages_of(db, own)}
    assert (answers[chips], answers[form]) == ({"chip_id": "yes", "label": "네"}, {"values": {"title": "제목"}})
    assert (inquiries(db, own), bots(db, own)) == (1, spoken)
    assert [kind for kind, *_ in activities(db, own)][-1] == "inquiry.submitted"


@pytest.mark.parametrize("role", ["bot", "user"])
def test_nobody_else_speaks_while_people_handle_it(db: Connection[Any], user: str, own: str, role: str) -> None:
    handled_by(db, own, "agent")
    waited = text(db, user, own)["id"]
    answer = reply(db, user, own, 1, turn(waited, said("system"), said(role, kind="text")), handling="people")
    assert (answer.code, answer.detail) == ("invalid", "role")
    assert [row["role"] for row in messages_of(db, own)] == ["bot", "user"]


def test_an_opening_is_nobodys_to_say_while_people_handle_it(db: Connection[Any], user: str) -> None:
    own = add_conversation(db, user)
    assert not call(db, "chat_turn", member=user, conversation_id=own).body["handled"]
    handled_by(db, own, "agent")
    assert call(db, "chat_turn", member=user, conversation_id=own).body["handled"]


def test_a_handover_and_the_way_back(db: Connection[Any], user: str, own: str) -> None:
    told, resumed = new_id(), new_id()
    change = {"handling": "waiting", "actor": {"kind": "member", "id": user, "name": "김하늘"}}
    asked = reply(db, user, own, 1, turn(None, said(content="연결할게요"), turn_id=told), change=change)
    assert [row["content"] for row in asked.body["changed"]] == ["연결할게요"]
    assert asked.body["conversation"]["handling"] == "waiting"
    waiting = "select waiting_since is not null, assignee_id from public.chat_desk where conversation_id = %s"
    assert db.execute(waiting, [own]).fetchone() == (True, None)
    # Once more it is told the same, and nothing is written.
    before = messages_of(db, own), conversation_row(db, own)
    again = reply(db, user, own, 2, turn(None, said(content="연결할게요"), turn_id=new_id()), change=change)
    assert (again.body["applied"], again.body["changed"]) == (False, asked.body["changed"])
    assert (messages_of(db, own), conversation_row(db, own)) == before

    said_meanwhile = text(db, user, own)
    back = {"handling": "bot", "actor": change["actor"]}
    resume = turn(None, said(content="다시 도와드릴게요"), turn_id=resumed)
    answer = reply(db, user, own, 2, resume, state={"step": "resume"}, change=back, handling="people")
    assert [row["content"] for row in answer.body["changed"]] == ["다시 도와드릴게요"]
    row = conversation_row(db, own)
    assert (row["handling"], row["state"], row["handled_seq"]) == ("bot", {"step": "resume"}, said_meanwhile["seq"])
    assert db.execute(waiting, [own]).fetchone() == (False, None)
    assert [one for one in activities(db, own) if one[0] == "conversation.handed_over"] == [
        ("conversation.handed_over", "member", user)
    ] * 2


def test_a_customer_takes_nothing_away_from_who_has_it(db: Connection[Any], user: str, own: str) -> None:
    agent = {"name": "박나래", "avatarUrl": None}
    db.execute(
        "update public.chat_conversations set handling = 'agent', agent = %s::jsonb, rev = rev + 1 where id = %s",
        ['{"name": "박나래", "avatarUrl": null}', own],
    )
    back = turn(None, said(), turn_id=new_id())
    refused = reply(db, user, own, 1, back, change={"handling": "bot", "actor": CUSTOMER}, handling="people")
    assert refused.code == "already_assigned"
    assert "박나래" in (refused.detail or "")
    assert conversation_row(db, own)["agent"] == agent
    by_operator = {"handling": "bot", "actor": {"kind": "operator", "id": new_id(), "name": "박나래"}}
    given = reply(db, user, own, 1, back, change=by_operator, handling="people")
    assert (given.code, conversation_row(db, own)["agent"]) == ("ok", None)


def test_a_form_that_nobody_recorded_is_recorded_on_the_way_back(db: Connection[Any], user: str, own: str) -> None:
    form = add_form(db, user, own)
    handled_by(db, own, "waiting")
    filled = add_answer(db, user, own, form, VALUES)
    turns = [
        turn(filled, inquiry=inquiry(), answer={"values": {"title": "제목"}}),
        turn(None, said(), turn_id=new_id()),
    ]
    change = {"handling": "bot", "actor": CUSTOMER}
    assert reply(db, user, own, 1, *turns, change=change, handling="people").body["applied"]
    assert inquiries(db, own) == 1


@pytest.mark.parametrize("handling", ["bot", "agent"])
def test_an_operator_ends_it_with_the_flows_farewell(db: Connection[Any], user: str, own: str, handling: str) -> None:
    if handling != "bot":
        handled_by(db, own, handling)
    text(db, user, own)
    by = {"kind": "operator", "id": new_id(), "name": "박나래"}
    answer = reply(
        db, user, own, 1, turn(None, said(kind="notice", content="감사합니다"), turn_id=new_id()),
        change={"status": "completed", "actor": by}, handling="bot" if handling == "bot" else "people",
    )  # fmt: skip
    assert [row["content"] for row in answer.body["changed"]] == ["감사합니다"]
    row = conversation_row(db, own)
    assert (row["status"], row["handling"], row["handled_seq"]) == ("completed", handling, 2)
    assert activities(db, own)[-1] == ("conversation.completed", "operator", by["id"])
    # Whoever comes second finds it done.
    late = reply(db, user, own, 2, turn(None, said()), change={"handling": "waiting", "actor": CUSTOMER})
    assert late.code == "conversation_completed" if handling == "bot" else not late.body["applied"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"handling": "nobody"},
        {"handling": None},
        {"handling": "people", "change": {"handling": "waiting", "actor": CUSTOMER}},
        {"handling": "bot", "change": {"handling": "bot", "actor": CUSTOMER}},
        {"handling": "people", "change": {"handling": "agent", "actor": CUSTOMER}},
        {"handling": "people", "change": {"actor": CUSTOMER}},
        {"handling": "people", "change": {}},
        {"handling": "people", "change": {"status": "open", "actor": CUSTOMER}},
    ],
)
def test_a_change_that_is_none_is_refused(db: Connection[Any], user: str, own: str, wrong: dict[str, Any]) -> None:
    handled_by(db, own, "waiting")
    assert reply(db, user, own, 1, turn(None, said()), **wrong).code == "invalid"
