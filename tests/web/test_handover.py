"""A person is asked for, the bot keeps silent while people answer, and goes on when it gets the conversation back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid5

import pytest
from flask import Flask
from psycopg import Connection

from tests.concurrency import PATIENCE, at_once
from tests.db.articles import told
from tests.db.chats import conversation_row, messages_of
from tests.stack import Member, connect
from tests.web.chat import FORM, Answer, Api, Chat, at_form, chip, completed, form, new_id, through_app
from tests.web.desk import Desk, add_operator
from tests.web.proxy import Passed, Proxy

SEND = Passed("member", "rpc/chat_send")
PREVIEW = Passed("member", "rpc/chat_preview")
TURN = Passed("member", "rpc/chat_turn")
REPLY = Passed("service", "rpc/chat_reply")


@pytest.fixture(scope="module")
def member(new_member: Callable[[], Member]) -> Member:
    """One account for all of these tests: each begins conversations of its own."""
    return new_member()


@pytest.fixture(scope="module")
def desk(app: Flask, new_member: Callable[[], Member], stack: Any) -> Desk:
    """The inbox as somebody of the team calls it."""
    operator = new_member()
    with connect(stack, autocommit=True) as db:
        add_operator(db, operator)
    return Desk(through_app(app), operator.access_token)


@pytest.fixture
def team(root: Connection[Any]) -> Iterator[Callable[..., None]]:
    """A function that sets columns of the team's row; they are as before after the test."""

    def put(**columns: Any) -> None:
        sets = ", ".join(f"{name} = %({name})s" for name in columns)
        root.execute(f"update public.chat_team set {sets}", columns)

    yield put
    put(always_open=True, override_open=None, override_until=None, online_until=None, spans="[]")


def ask(chat: Chat, method: str = "POST", **body: Any) -> Answer:
    """Ask for a person, or take that back."""
    return chat.api.call(method, f"/conversations/{chat.id}/handover", body or None)


def steps(root: Connection[Any], chat: Chat) -> list[str | None]:
    """The steps that said something, in order."""
    return [row["step_id"] for row in messages_of(root, chat.id) if row["role"] != "user"]


def bots(root: Connection[Any], chat: Chat) -> int:
    """How much the bot has said."""
    return sum(row["role"] == "bot" for row in messages_of(root, chat.id))


# --- asking -----------------------------------------------------------------------------------------------------------


# Until tomorrow: a run of all tests may take hours until it comes to this one.
@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"online_until": datetime.now(UTC) + timedelta(days=1)}, ["handover.online"]),
        ({"online_until": None}, ["handover.away"]),
        (
            {"override_open": False, "override_until": datetime.now(UTC) + timedelta(days=1)},
            ["handover.closed", "write", "write"],
        ),
    ],
    ids=["online", "away", "closed"],
)
def test_what_is_said_depends_on_the_team(
    api: Api, root: Connection[Any], team: Callable[..., None], columns: dict[str, Any], said: list[str]
) -> None:
    team(**columns)
    chat = api.begin()
    answer = ask(chat)
    assert answer.status == 200
    assert answer.body["conversation"]["handling"] == "waiting"
    assert steps(root, chat)[len(chat.opened.messages) :] == said
    assert [one["role"] for one in answer.messages] == ["bot"] * len(said)
    if said[0] == "handover.closed":
        assert "시" in answer.messages[0]["content"]
        assert "{" not in answer.messages[0]["content"]


def test_a_chip_asks_in_its_own_turn(api: Api, root: Connection[Any]) -> None:
    chat = api.begin()
    client_id = new_id()
    event = chip(chat.chips, "person")
    answer = chat.send(event, client_id)
    assert answer.status == 201
    assert answer.body["conversation"]["handling"] == "waiting"
    assert [one["answer"] for one in answer.body["updatedMessages"]] == [{"chipId": "person", "label": "상담원 연결"}]
    again = chat.send(event, client_id)
    assert (again.status, again.body["messages"]) == (200, answer.body["messages"])
    assert ask(chat).body["messages"] == answer.body["messages"][1:]
    assert steps(root, chat)[-1] == "handover.away"


@pytest.mark.parametrize(("mode", "texts", "chip_id"), [("extractive", 1, "talk_to_person"), ("off", 2, "person")])
def test_texts_that_lead_nowhere_bring_an_offer(
    api: Api, root: Connection[Any], mode: str, texts: int, chip_id: str
) -> None:
    chat = api.begin()
    with told(root, mode=mode):
        for _ in range(texts):
            offer = chat.write("음")
    assert [one["payload"]["chips"][0]["id"] for one in offer.messages[1:]] == [chip_id]
    assert chat.click(chip_id).body["conversation"]["handling"] == "waiting"


def test_asking_again_answers_the_same_and_writes_nothing(api: Api, root: Connection[Any]) -> None:
    chat = api.begin()
    first = ask(chat, requestId=new_id())
    rows = messages_of(root, chat.id)
    answers = at_once([partial(ask, chat)] * 4)
    assert [one.body for one in answers] == [first.body] * 4
    assert messages_of(root, chat.id) == rows


def test_of_several_who_ask_at_once_one_is_written(api: Api, root: Connection[Any]) -> None:
    chat = api.begin()
    answers = at_once([partial(ask, chat)] * 5)
    assert [one.status for one in answers] == [200] * 5
    assert len({str(one.messages) for one in answers}) == 1
    assert steps(root, chat).count("handover.away") == 1


# --- silence ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["nobody yet", "an agent"])
def test_a_text_is_for_people_alone(proxied: Api, proxy: Proxy, root: Connection[Any], desk: Desk, who: str) -> None:
    chat = proxied.begin()
    ask(chat)
    if who == "an agent":
        assert desk.claim(chat.id).status == 200
    before, client_id = bots(root, chat), new_id()
    for status in (201, 200):
        with proxy.watch() as seen:
            answer = chat.write("여보세요", client_id)
        assert (answer.status, answer.texts, seen) == (status, [("user", "text", "여보세요")], [SEND])
    assert bots(root, chat) == before


def test_an_answer_is_recorded_and_told_of(proxied: Api, proxy: Proxy, root: Connection[Any]) -> None:
    chat = at_form(proxied)
    ask(chat)
    before = bots(root, chat)
    with proxy.watch() as seen:
        sent = chat.send(form(chat.form_id))
    assert seen == [PREVIEW, SEND, REPLY]
    assert [(role, kind) for role, kind, _ in sent.texts] == [("user", "text"), ("system", "notice")]
    assert sent.body["updatedMessages"][0]["answer"] == {"values": FORM}
    chips = chat.opened.last("chips")
    with proxy.watch() as seen:
        clicked = proxied.turn(chat.id, chip(chips, "shipping"))
    # Those chips were answered on the way to the form.
    assert (clicked.refusal, seen) == ((409, "already_answered"), [SEND])
    (inquiry,) = root.execute("select * from public.chat_inquiries where conversation_id = %s", [chat.id]).fetchall()
    assert bots(root, chat) == before
    assert inquiry is not None


def test_a_click_among_people_costs_two_and_leads_nowhere(proxied: Api, proxy: Proxy, root: Connection[Any]) -> None:
    chat = proxied.begin()
    ask(chat)
    state = conversation_row(root, chat.id)["state"]
    with proxy.watch() as seen:
        clicked = chat.click("person")
    assert seen == [SEND, REPLY]
    assert [(role, kind) for role, kind, _ in clicked.texts] == [("user", "text"), ("system", "notice")]
    assert clicked.body["conversation"]["handling"] == "waiting"
    assert conversation_row(root, chat.id)["state"] == state


@pytest.mark.parametrize(
    "begun",
    [
        lambda chat: chat.write("음"),
        lambda chat: chat.click("shipping"),
        lambda chat: chat.click("person"),
        ask,
    ],
    ids=["text", "chip", "handover chip", "handover"],
)
def test_what_the_bot_had_begun_to_say_is_not_said_after_a_claim(
    proxied: Api, proxy: Proxy, root: Connection[Any], desk: Desk, begun: Callable[[Chat], Answer]
) -> None:
    chat = proxied.begin()
    before = bots(root, chat)
    gate = proxy.hold("rpc/chat_reply")

    def claim() -> Answer:
        assert gate.reached.wait(PATIENCE)
        try:
            return desk.claim(chat.id)
        finally:
            gate.open()

    said, claimed = at_once([partial(begun, chat), claim])
    assert said.status in (200, 201)
    assert claimed.status == 200
    assert bots(root, chat) == before
    assert said.body["conversation"]["handling"] == "agent"


# --- back -------------------------------------------------------------------------------------------------------------


def test_taking_it_back_goes_on_at_resume(proxied: Api, proxy: Proxy, root: Connection[Any]) -> None:
    chat = proxied.begin()
    ask(chat)
    chat.write("아직 안 계세요?")
    with proxy.watch() as seen:
        back = ask(chat, "DELETE")
    assert (back.status, seen) == (200, [TURN, REPLY])
    assert back.body["conversation"]["handling"] == "bot"
    assert steps(root, chat)[-3:] == ["handover.back", "again", "categories"]
    with proxy.watch() as seen:
        again = ask(chat, "DELETE")
    assert (again.body["messages"], seen) == (back.body["messages"], [TURN])
    # What was said to people is theirs: the bot answers what comes now.
    chat.send(chip(back.last("chips"), "shipping"))
    assert steps(root, chat)[-2:] == ["shipping", "more"]
    assert len({row["id"] for row in messages_of(root, chat.id)}) == len(messages_of(root, chat.id))


def test_a_second_time_is_another_time(api: Api, root: Connection[Any]) -> None:
    chat = api.begin()
    first, _, second = ask(chat), ask(chat, "DELETE"), ask(chat)
    assert {one["id"] for one in first.messages}.isdisjoint(one["id"] for one in second.messages)
    assert ask(chat).messages == second.messages


def test_an_agent_alone_gives_back_what_they_have(api: Api, desk: Desk, root: Connection[Any]) -> None:
    chat = api.begin()
    ask(chat)
    desk.claim(chat.id)
    refused = ask(chat, "DELETE")
    assert refused.refusal == (409, "already_assigned")
    assert "assignee" not in refused.body
    chat.write("감사해요")
    assert desk.change(chat.id, handling="bot").status == 200
    assert steps(root, chat)[-3:] == ["handover.back", "again", "categories"]
    row = conversation_row(root, chat.id)
    assert (row["handling"], row["state"]["step"], row["handled_seq"]) == ("bot", "categories", row["last_seq"] - 3)


@pytest.mark.parametrize("is_claimed", [True, False])
def test_completing_says_goodbye_and_closes(api: Api, desk: Desk, root: Connection[Any], is_claimed: bool) -> None:
    chat = api.begin()
    if is_claimed:
        desk.claim(chat.id)
    for _ in range(2):
        assert desk.change(chat.id, status="completed").status == 200
        last = messages_of(root, chat.id)[-1]
        assert (last["role"], last["kind"], last["step_id"]) == (
            "system" if is_claimed else "bot", "notice", "goodbye",
        )  # fmt: skip
        assert chat.write("더").refusal == (409, "conversation_completed")
        # Reopened it is a person's, and ends as before.
        assert desk.change(chat.id, status="open").status == 200
        is_claimed = True


def test_nobody_is_asked_for_where_all_is_over(api: Api, foreign_api: Api) -> None:
    chat = completed(api)
    assert ask(chat).refusal == (409, "conversation_completed")
    assert ask(chat, requestId="?").refusal == (409, "conversation_completed")
    assert ask(chat, "DELETE").status == 200
    open_one = api.begin()
    assert ask(open_one, requestId="?").refusal == (422, "invalid")
    for method in ("POST", "DELETE"):
        path = f"/conversations/{open_one.id}/handover"
        assert foreign_api.call(method, path, {"requestId": "?"}).refusal == (404, "not_found")
    assert api.call("POST", f"/conversations/{new_id()}/handover").refusal == (404, "not_found")


def test_a_conversation_of_before_people_takes_up_the_flow_that_knows_them(api: Api, root: Connection[Any]) -> None:
    chat = api.begin()
    root.execute(
        """with old as (
             insert into public.chat_flows (version, definition)
             select 'before-' || left(id::text, 8), (
               definition - 'handover' || jsonb_build_object('format', 1, 'version', 'before-' || left(id::text, 8))
               || jsonb_build_object('steps', (
                 select jsonb_object_agg(s.key, case when s.value -> 'on_text' = 'null' then s.value
                   else jsonb_set(s.value, '{on_text}', (s.value -> 'on_text') - 'effect') end)
                 from jsonb_each(
                   replace(definition::text, '"effect": "handover"', '"effect": null')::jsonb -> 'steps') s
               )))
             from public.chat_flows f join public.chat_conversations c on c.flow_version = f.version where c.id = %s
             returning version)
           update public.chat_conversations set flow_version = old.version from old where id = %s""",
        [chat.id, chat.id],
    )
    assert chat.click("shipping").status == 201
    answer = ask(chat)
    assert [one["kind"] for one in answer.messages] == ["notice"]
    assert steps(root, chat)[-1] == "handover.away"
    assert ask(chat, "DELETE").messages[0]["kind"] == "notice"


def test_a_guest_who_asked_where_nobody_was_can_ask_once_they_have_an_account(api: Api, root: Connection[Any]) -> None:
    guest, asked = new_id(), new_id()
    flow = api.call("GET", "/flow").body["version"]
    opening = uuid5(UUID(guest), "opening/1")
    events = [{"clientMessageId": asked, "event": chip(str(opening), "person")}]
    # Their browser said what is said without people: the form, which they fill in.
    filled = form(str(uuid5(UUID(guest), f"{asked}/1")))
    events.append({"clientMessageId": new_id(), "event": filled})
    conversation = {"clientConversationId": guest, "flowVersion": flow, "events": events}
    imported = api.call("POST", "/import", {"conversations": [conversation]})
    assert (imported.status, imported.body["rejected"]) == (201, [])
    (row,) = imported.body["conversations"]
    assert row["handling"] == "bot"
    answer = api.call("POST", f"/conversations/{row['id']}/handover")
    assert answer.body["conversation"]["handling"] == "waiting"
    assert [said["step_id"] for said in messages_of(root, row["id"])][-1] == "handover.away"
