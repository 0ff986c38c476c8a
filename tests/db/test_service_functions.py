"""The service's functions check again that owner, conversation and message belong together."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import httpx
import pytest
from psycopg import Connection

from scripts.local import LocalStack
from tests.concurrency import at_once, until
from tests.db.chats import add_chips, add_conversation, add_form, add_message, conversation_row, messages_of, new_id
from tests.stack import Member, connect, rest

NothingChanges = Callable[[], AbstractContextManager[None]]
STATE = {"step": "categories", "locale": "ko", "is_completed": False, "variables": {}}


def said(**columns: Any) -> dict[str, Any]:
    """What the bot says in a turn."""
    message = new_id()
    row = {"id": message, "client_message_id": message, "role": "bot", "kind": "text", "content": "네", "payload": None}
    return {**row, "step_id": "categories", **columns}


def turn(message: str | None, *messages: dict[str, Any], **columns: Any) -> dict[str, Any]:
    row = {"message_id": message, "request_id": new_id(), "messages": list(messages), "answer": None, "inquiry": None}
    return {**row, **columns}


def reply(
    client: httpx.Client, owner: str, conversation: str, message: str | None, *turns: dict[str, Any], **arguments: Any
) -> httpx.Response:
    body = {
        "p_user_id": owner,
        "p_conversation_id": conversation,
        "p_message_id": message,
        "p_state_version": 0,
        "p_state": STATE,
        "p_status": "open",
        "p_turns": list(turns),
        "p_flow_version": "a-flow",
        "p_flow": {"name": "a-flow"},
    }
    return client.post("/rpc/chat_reply", json={**body, **arguments})


@pytest.fixture
def message(root: Connection[Any], member: Member, conversation: str) -> str:
    """What the member said, without a reply yet."""
    return add_message(root, member.id, conversation, role="user", content="안녕")["id"]


def test_a_reply_is_written_whole(
    root: Connection[Any], member: Member, service_rest: httpx.Client, conversation: str, message: str
) -> None:
    opening = turn(None, said(content="어서 오세요"))
    answer = reply(service_rest, member.id, conversation, message, opening, turn(message, said(), said(kind="notice")))
    assert (answer.status_code, answer.json()["applied"]) == (200, True)
    assert [row["kind"] for row in answer.json()["replies"]] == ["text", "notice"]
    assert [row["seq"] for row in messages_of(root, conversation)] == [1, 2, 3, 4]
    row = conversation_row(root, conversation)
    assert (row["state"], row["state_version"], row["handled_seq"]) == (STATE, 1, 1)


@pytest.mark.parametrize("wrong", ["owner", "conversation", "message", "another's message", "a message of the bot"])
def test_what_does_not_belong_together_is_not_found(
    root: Connection[Any],
    member: Member,
    stranger: Member,
    service_rest: httpx.Client,
    conversation: str,
    foreign_conversation: str,
    message: str,
    nothing_changes: NothingChanges,
    wrong: str,
) -> None:
    owner, where, whose = member.id, conversation, message
    if wrong == "owner":
        owner = stranger.id
    elif wrong == "conversation":
        where = foreign_conversation
    elif wrong == "message":
        whose = new_id()
    elif wrong == "another's message":
        whose = add_message(root, stranger.id, foreign_conversation, role="user")["id"]
    else:
        whose = add_message(root, member.id, conversation)["id"]
    with nothing_changes():
        answer = reply(service_rest, owner, where, whose, turn(whose, said()))
        assert (answer.status_code, answer.json()["message"]) == (404, "not_found")


@pytest.mark.parametrize("turns", [[], [turn(None, said())]], ids=["nothing to say", "an opening"])
def test_a_wrong_owner_changes_no_state(
    stranger: Member,
    service_rest: httpx.Client,
    conversation: str,
    nothing_changes: NothingChanges,
    turns: list[dict[str, Any]],
) -> None:
    with nothing_changes():
        answer = reply(service_rest, stranger.id, conversation, None, *turns)
        assert (answer.status_code, answer.json()["message"]) == (404, "not_found")


def test_a_turn_of_another_conversation_cannot_be_slipped_in(
    root: Connection[Any],
    member: Member,
    stranger: Member,
    service_rest: httpx.Client,
    conversation: str,
    foreign_conversation: str,
    message: str,
    nothing_changes: NothingChanges,
) -> None:
    foreign = add_message(root, stranger.id, foreign_conversation, role="user")["id"]
    own = add_message(root, member.id, add_conversation(root, member.id), role="user")["id"]
    with nothing_changes():
        for slipped in (foreign, own, new_id()):
            answer = reply(service_rest, member.id, conversation, message, turn(message, said()), turn(slipped, said()))
            assert answer.status_code == 404


def test_the_service_never_speaks_as_the_user(
    member: Member, service_rest: httpx.Client, conversation: str, message: str, nothing_changes: NothingChanges
) -> None:
    with nothing_changes():
        forged = said(role="user")
        answer = reply(service_rest, member.id, conversation, message, turn(message, said(), forged))
        assert (answer.status_code, answer.json()["message"]) == (422, "invalid")


@pytest.mark.parametrize("pair", [("system", "chips"), ("nobody", "text"), (None, "text"), ("bot", "picture")], ids=str)
def test_the_service_is_held_to_roles_and_kinds_too(
    member: Member,
    service_rest: httpx.Client,
    conversation: str,
    message: str,
    nothing_changes: NothingChanges,
    pair: tuple[str | None, str],
) -> None:
    with nothing_changes():
        forged = said(role=pair[0], kind=pair[1], payload={})
        assert not reply(service_rest, member.id, conversation, message, turn(message, forged)).is_success


def test_a_state_that_moved_is_told_and_nothing_is_written(
    root: Connection[Any], member: Member, service_rest: httpx.Client, conversation: str, message: str
) -> None:
    assert reply(service_rest, member.id, conversation, message, turn(message, said())).json()["applied"] is True
    before = messages_of(root, conversation), conversation_row(root, conversation)
    late = reply(service_rest, member.id, conversation, message, turn(message, said()))
    assert (late.status_code, late.json()["applied"], late.json()["state_version"]) == (200, False, 1)
    assert late.json()["handled"] is True
    assert (messages_of(root, conversation), conversation_row(root, conversation)) == before


def test_of_eight_replies_at_once_one_is_written(
    stack: LocalStack, root: Connection[Any], member: Member, conversation: str, message: str
) -> None:
    with rest(stack, secret=True) as client:
        answers = at_once([partial(reply, client, member.id, conversation, message, turn(message, said()))] * 8)
    assert {answer.status_code for answer in answers} == {200}
    assert sorted(answer.json()["applied"] for answer in answers) == [False] * 7 + [True]
    assert [row["role"] for row in messages_of(root, conversation)] == ["user", "bot"]


def test_a_failing_reply_leaves_nothing_behind(
    root: Connection[Any],
    member: Member,
    service_rest: httpx.Client,
    conversation: str,
    nothing_changes: NothingChanges,
) -> None:
    asked = add_chips(root, member.id, conversation)
    click = add_message(
        root,
        member.id,
        conversation,
        role="user",
        in_reply_to=asked,
        event={"type": "chip", "chip_id": "yes"},
    )["id"]
    with nothing_changes():
        answer = reply(
            service_rest,
            member.id,
            conversation,
            click,
            turn(click, said(), said(content="x" * 16001), answer={"chip_id": "yes"}),
            p_flow_version=new_id(),
        )
        assert answer.status_code == 400


def test_an_id_that_the_member_took_first_costs_the_id_and_not_the_reply(
    root: Connection[Any], member: Member, service_rest: httpx.Client, conversation: str, message: str
) -> None:
    wanted = said()
    add_message(root, member.id, conversation, role="user", client_message_id=wanted["client_message_id"])
    answer = reply(service_rest, member.id, conversation, message, turn(message, wanted))
    assert answer.json()["applied"] is True
    (written,) = answer.json()["replies"]
    assert (written["id"], written["client_message_id"]) == (wanted["id"], None)


def test_a_guests_form_is_saved_once_and_other_values_are_refused(
    root: Connection[Any], service_rest: httpx.Client
) -> None:
    form = {"p_client_inquiry_id": new_id(), "p_flow_version": "v", "p_step_id": "write", "p_locale": "ko"}

    def submit(values: dict[str, str]) -> httpx.Response:
        return service_rest.post("/rpc/chat_submit_inquiry", json={**form, "p_values": values})

    answers = at_once([partial(submit, {"title": "제목"})] * 8)
    assert {answer.status_code for answer in answers} == {200}
    assert sorted(answer.json()["created"] for answer in answers) == [False] * 7 + [True]
    other = submit({"title": "다른 제목"})
    assert (other.status_code, other.json()["message"]) == (409, "idempotency_conflict")
    saved = root.execute(
        "select values from public.chat_inquiries where client_inquiry_id = %s", [form["p_client_inquiry_id"]]
    ).fetchall()
    assert saved == [({"title": "제목"},)]


def test_another_normal_form_of_the_same_values_is_no_other_inquiry(
    root: Connection[Any], service_rest: httpx.Client
) -> None:
    form = {"p_client_inquiry_id": new_id(), "p_flow_version": "v", "p_step_id": "write", "p_locale": "ko"}
    sent = {**form, "p_values": {"phone": "010.1234.5678"}}
    for normal in ({"p_normal": {"phone": "+821012345678"}}, {"p_normal": {"phone": "1"}}, {}):
        assert service_rest.post("/rpc/chat_submit_inquiry", json={**sent, **normal}).status_code == 200
    saved = root.execute(
        "select values, normal from public.chat_inquiries where client_inquiry_id = %s", [form["p_client_inquiry_id"]]
    ).fetchall()
    assert saved == [({"phone": "010.1234.5678"}, {"phone": "+821012345678"})]


@pytest.mark.parametrize("status", ["open", "completed"])
def test_a_reply_completes_a_conversation_and_never_reopens_one(
    root: Connection[Any], member: Member, service_rest: httpx.Client, conversation: str, message: str, status: str
) -> None:
    root.execute("update public.chat_conversations set status = %s where id = %s", [status, conversation])
    answer = reply(service_rest, member.id, conversation, message, turn(message, said()))
    assert (answer.status_code, answer.json()["applied"], answer.json()["handled"]) == (200, True, True)
    assert len(answer.json()["replies"]) == (status == "open")
    assert conversation_row(root, conversation)["status"] == status
    ended = reply(service_rest, member.id, conversation, None, p_state_version=1, p_status="completed")
    assert ended.json()["applied"] is True
    assert conversation_row(root, conversation)["status"] == "completed"


def test_an_opening_of_a_closed_conversation_is_settled(
    root: Connection[Any], member: Member, service_rest: httpx.Client, conversation: str
) -> None:
    root.execute("update public.chat_conversations set status = 'completed' where id = %s", [conversation])
    answer = reply(service_rest, member.id, conversation, None, turn(None, said()))
    assert (answer.json()["applied"], answer.json()["handled"], answer.json()["replies"]) == (True, True, [])


def test_a_reply_to_an_account_that_is_gone_says_so(
    root: Connection[Any], new_member: Callable[[], Member], service_rest: httpx.Client
) -> None:
    gone = new_member()
    own = add_conversation(root, gone.id)
    asked = add_message(root, gone.id, own, role="user")["id"]
    root.execute("delete from auth.users where id = %s", [gone.id])
    inquiry = {"client_inquiry_id": new_id(), "step_id": "write", "values": {}, "locale": "ko"}
    for last in (turn(asked, said()), turn(asked, inquiry=inquiry)):
        answer = reply(service_rest, gone.id, own, asked, last)
        assert (answer.status_code, answer.json()["message"]) == (401, "unauthenticated")


def test_a_reply_that_came_too_late_hands_nothing_in(
    root: Connection[Any], member: Member, service_rest: httpx.Client, conversation: str, message: str
) -> None:
    inquiry = {"client_inquiry_id": new_id(), "step_id": "write", "values": {}, "locale": "ko"}
    late = reply(service_rest, member.id, conversation, message, turn(message, inquiry=inquiry), p_state_version=7)
    assert late.json()["applied"] is False
    assert root.execute("select from public.chat_inquiries where message_id = %s", [message]).fetchall() == []


def test_an_account_that_is_deleted_during_a_turn_waits_for_it(
    stack: LocalStack, root: Connection[Any], new_member: Callable[[], Member]
) -> None:
    leaving = new_member()
    own = add_conversation(root, leaving.id)
    asked = add_form(root, leaving.id, own)
    event = {"type": "form", "values": {"title": "제목"}}
    handed_in = add_message(root, leaving.id, own, role="user", in_reply_to=asked, event=event)["id"]
    inquiry = {"client_inquiry_id": new_id(), "step_id": "write", "values": {"title": "제목"}, "locale": "ko"}
    last = turn(handed_in, said(), answer={"values": {"title": "제목"}}, inquiry=inquiry)

    def delete() -> int:
        with connect(stack, autocommit=True) as operator:
            return operator.execute("delete from auth.users where id = %s", [leaving.id]).rowcount

    with connect(stack) as holder, ThreadPoolExecutor(2) as pool, rest(stack, secret=True) as client:
        # Holds the turn up where it has the conversation and wants more.
        holder.execute("select from public.chat_messages where id = %s for update", [asked])
        replied = pool.submit(reply, client, leaving.id, own, handed_in, last)
        wait_for_waiters(root, 1)
        deleted = pool.submit(delete)
        wait_for_waiters(root, 2)
        holder.rollback()
        assert (replied.result().status_code, deleted.result()) == (200, 1)


def wait_for_waiters(db: Connection[Any], count: int) -> None:
    """Until so many sessions wait for a row that another one holds."""
    waiting = (
        "select count(*) from pg_stat_activity where datname = current_database()"
        " and wait_event_type = 'Lock' and wait_event in ('transactionid', 'tuple')"
    )
    until(lambda: db.execute(waiting).fetchone()[0] >= count)
