"""A member calls PostgREST directly, with the publishable key and a real token, and tries what is not theirs to do."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest
from psycopg import Connection

from scripts.local import LocalStack
from tests.db.chats import (
    CHIPS,
    add_chips,
    add_conversation,
    add_message,
    add_row,
    conversation_row,
    messages_of,
    new_id,
)
from tests.stack import Member, rest

NothingChanges = Callable[[], AbstractContextManager[None]]
pytestmark = pytest.mark.tried("attacks")
SOME_ID = "11111111-1111-4111-8111-111111111111"
FORBIDDEN_OF_A_MESSAGE = {
    "id": SOME_ID,
    "user_id": SOME_ID,
    "seq": 7,
    "created_at": "2020-01-01T00:00:00Z",
    "answer": {"chip_id": "yes"},
    "answered_at": "2020-01-01T00:00:00Z",
    "turn_id": SOME_ID,
    "step_id": "greeting",
    "payload": CHIPS,
}
FORBIDDEN_OF_A_CONVERSATION = {
    "id": SOME_ID,
    "user_id": SOME_ID,
    "status": "completed",
    "created_at": "2020-01-01T00:00:00Z",
    "state": {"step": "goodbye"},
    "state_version": 7,
    "flow_version": "v",
    "last_seq": 7,
    "handled_seq": 7,
    "message_count": -4000,
    "last_message_at": "2099-01-01T00:00:00Z",
}


def a_message(conversation: str, **columns: Any) -> dict[str, Any]:
    row = {"conversation_id": conversation, "role": "user", "kind": "text", "content": "안녕"}
    return {**row, "client_message_id": new_id(), **columns}


def prefer(*wishes: str) -> dict[str, str]:
    return {"Prefer": ",".join(wishes)}


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_plain_message_is_what_a_member_may_write(
    root: Connection[Any], member: Member, member_rest: httpx.Client, conversation: str
) -> None:
    request_id = new_id()
    answer = member_rest.post(
        "/chat_messages",
        json=a_message(conversation, content="배송이 언제 오나요?", request_id=request_id),
        headers=prefer("return=representation"),
    )
    assert answer.status_code == 201
    (saved,) = messages_of(root, conversation)
    assert answer.json()[0]["id"] == saved["id"]
    assert (saved["user_id"], saved["seq"], saved["request_id"]) == (member.id, 1, request_id)
    assert (saved["answer"], saved["answered_at"], saved["payload"]) == (None, None, None)
    assert saved["turn_id"] == saved["id"]


@pytest.mark.parametrize("column", FORBIDDEN_OF_A_MESSAGE)
def test_a_column_that_is_not_granted_cannot_be_written(
    member: Member, member_rest: httpx.Client, conversation: str, nothing_changes: NothingChanges, column: str
) -> None:
    value = FORBIDDEN_OF_A_MESSAGE[column]
    with nothing_changes():
        answer = member_rest.post("/chat_messages", json=a_message(conversation, **{column: value}))
        assert refused(answer) == (403, "42501")
        # One's own id is no better, and neither is a null or a list of columns that names it.
        answer = member_rest.post("/chat_messages", json=a_message(conversation, **{column: None}))
        assert refused(answer) == (403, "42501")
    if column == "user_id":
        with nothing_changes():
            answer = member_rest.post("/chat_messages", json=a_message(conversation, user_id=member.id))
            assert refused(answer) == (403, "42501")


@pytest.mark.parametrize(
    "said",
    [
        {"role": "bot"},
        {"role": "system"},
        {"role": "system", "kind": "notice"},
        {"role": "bot", "kind": "notice"},
        {"kind": "notice"},
        {"role": "BOT"},
        {"role": None},
        {"kind": None},
    ],
    ids=str,
)
def test_nobody_but_a_user_is_spoken_for(
    member_rest: httpx.Client, conversation: str, nothing_changes: NothingChanges, said: dict[str, Any]
) -> None:
    with nothing_changes():
        assert refused(member_rest.post("/chat_messages", json=a_message(conversation, **said))) == (403, "42501")


@pytest.mark.parametrize(
    ("columns", "status"),
    [
        ({"content": ""}, 400),
        ({"content": " 안녕"}, 400),
        ({"content": "안녕\u3000"}, 400),
        ({"content": None}, 400),
        ({"content": "😀" * 4001}, 400),
        ({"client_message_id": None}, 400),
        ({"event": {"type": "chip", "chip_id": "yes"}}, 422),
        ({"event": "x" * 70_000}, 422),
        ({"event": 1}, 422),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_message_that_breaks_a_rule_is_refused(
    member_rest: httpx.Client,
    conversation: str,
    nothing_changes: NothingChanges,
    columns: dict[str, Any],
    status: int,
) -> None:
    with nothing_changes():
        answer = member_rest.post("/chat_messages", json=a_message(conversation, **columns))
        assert answer.status_code == status


@pytest.mark.parametrize("wish", ["return=minimal", "missing=default", "return=representation"])
@pytest.mark.parametrize("forged", [{"role": "bot"}, {"seq": 1}, {"user_id": SOME_ID}, {"kind": "chips"}], ids=str)
def test_a_forged_row_spoils_the_whole_bulk(
    member_rest: httpx.Client,
    conversation: str,
    nothing_changes: NothingChanges,
    wish: str,
    forged: dict[str, Any],
) -> None:
    rows = [a_message(conversation), a_message(conversation, **forged)]
    names = {name: None for row in rows for name in row}
    with nothing_changes():
        answer = member_rest.post(
            "/chat_messages", params={"columns": ",".join(names)}, json=rows, headers=prefer(wish)
        )
        assert refused(answer) == (403, "42501")
        even = [{name: row.get(name) for name in names} for row in rows]
        assert refused(member_rest.post("/chat_messages", json=even, headers=prefer(wish))) == (403, "42501")


def test_a_bulk_takes_the_defaults_of_columns_that_are_not_the_members(
    root: Connection[Any], member: Member, member_rest: httpx.Client, conversation: str
) -> None:
    rows = [a_message(conversation, content=f"{n}") for n in range(5)]
    answer = member_rest.post("/chat_messages", json=rows, headers=prefer("missing=default"))
    assert answer.status_code == 201
    saved = messages_of(root, conversation)
    assert [(row["seq"], row["content"]) for row in saved] == [(n + 1, f"{n}") for n in range(5)]
    assert {row["user_id"] for row in saved} == {member.id}


@pytest.mark.parametrize("column", ["seq", "user_id", "id"])
def test_naming_a_column_in_the_query_grants_nothing(
    member_rest: httpx.Client, conversation: str, nothing_changes: NothingChanges, column: str
) -> None:
    row = a_message(conversation, **{column: FORBIDDEN_OF_A_MESSAGE[column]})
    with nothing_changes():
        answer = member_rest.post("/chat_messages", params={"columns": ",".join(row)}, json=[row])
        assert refused(answer) == (403, "42501")


@pytest.mark.parametrize("resolution", ["merge-duplicates", "ignore-duplicates"])
def test_an_upsert_overwrites_nothing(
    root: Connection[Any], member_rest: httpx.Client, conversation: str, resolution: str
) -> None:
    first = a_message(conversation, content="처음")
    assert member_rest.post("/chat_messages", json=first).status_code == 201
    before = messages_of(root, conversation)
    answer = member_rest.post(
        "/chat_messages",
        params={"on_conflict": "conversation_id,client_message_id"},
        json={**first, "content": "나중"},
        headers=prefer(f"resolution={resolution}"),
    )
    assert messages_of(root, conversation) == before
    if resolution == "merge-duplicates":
        assert refused(answer) == (403, "42501")
    else:
        assert answer.is_success
    assert conversation_row(root, conversation)["last_seq"] == 1


def test_an_upsert_by_id_reaches_nobodys_row(
    root: Connection[Any],
    member: Member,
    stranger: Member,
    member_rest: httpx.Client,
    conversation: str,
    foreign_conversation: str,
    nothing_changes: NothingChanges,
) -> None:
    own = add_message(root, member.id, conversation)
    foreign = add_message(root, stranger.id, foreign_conversation)
    with nothing_changes():
        for target in (own, foreign):
            row = a_message(target["conversation_id"], id=target["id"], content="바꿈")
            answer = member_rest.post(
                "/chat_messages",
                params={"on_conflict": "id"},
                json=row,
                headers=prefer("resolution=merge-duplicates"),
            )
            assert refused(answer) == (403, "42501")


@pytest.mark.parametrize("table", ["chat_messages", "chat_conversations", "chat_inquiries", "chat_flows"])
def test_a_member_changes_and_deletes_nothing(
    root: Connection[Any],
    member: Member,
    member_rest: httpx.Client,
    conversation: str,
    nothing_changes: NothingChanges,
    table: str,
) -> None:
    message = add_message(root, member.id, conversation)
    add_row(root, "chat_flows", {"version": new_id(), "definition": {}})
    add_row(
        root,
        "chat_inquiries",
        {
            "client_inquiry_id": new_id(),
            "user_id": member.id,
            "conversation_id": conversation,
            "message_id": message["id"],
            "flow_version": "v",
            "step_id": "write",
            "values": {"title": "제목"},
        },
    )
    key, change = {
        "chat_messages": ("id", {"content": "바꿈"}),
        "chat_conversations": ("id", {"status": "completed"}),
        "chat_inquiries": ("id", {"status": "done"}),
        "chat_flows": ("version", {"definition": {"name": "mine"}}),
    }[table]
    everything_there = {key: "not.is.null"}
    with nothing_changes():
        assert refused(member_rest.patch(f"/{table}", params=everything_there, json=change)) == (403, "42501")
        assert refused(member_rest.delete(f"/{table}", params=everything_there)) == (403, "42501")
        put = member_rest.put(f"/{table}", params={key: f"eq.{SOME_ID}"}, json={key: SOME_ID, **change})
        assert not put.is_success


@pytest.mark.parametrize("column", FORBIDDEN_OF_A_CONVERSATION)
def test_a_conversation_begins_with_nothing_but_its_client_id(
    member: Member, member_rest: httpx.Client, nothing_changes: NothingChanges, column: str
) -> None:
    value = member.id if column == "user_id" else FORBIDDEN_OF_A_CONVERSATION[column]
    with nothing_changes():
        row = {"client_conversation_id": new_id(), column: value}
        assert refused(member_rest.post("/chat_conversations", json=row)) == (403, "42501")
        upsert = member_rest.post(
            "/chat_conversations",
            params={"on_conflict": "user_id,client_conversation_id"},
            json=row,
            headers=prefer("resolution=merge-duplicates"),
        )
        assert refused(upsert) == (403, "42501")


@pytest.mark.parametrize("table", ["chat_inquiries", "chat_flows"])
def test_inquiries_and_flows_are_the_services_to_write(
    member_rest: httpx.Client, nothing_changes: NothingChanges, table: str
) -> None:
    row = {
        "chat_inquiries": {"client_inquiry_id": new_id(), "flow_version": "v", "step_id": "s", "values": {}},
        "chat_flows": {"version": "mine", "definition": {}},
    }[table]
    with nothing_changes():
        assert refused(member_rest.post(f"/{table}", json=row)) == (403, "42501")


def test_the_view_takes_no_writes(
    member_rest: httpx.Client, conversation: str, nothing_changes: NothingChanges
) -> None:
    with nothing_changes():
        where = {"id": f"eq.{conversation}"}
        change = {"status": "completed"}
        assert not member_rest.patch("/chat_conversation_summaries", params=where, json=change).is_success
        assert not member_rest.delete("/chat_conversation_summaries", params=where).is_success


@pytest.mark.parametrize("extra", [{}, {"client_message_id": None}, {"content": ""}, {"in_reply_to": SOME_ID}], ids=str)
def test_a_strangers_conversation_and_a_missing_one_are_refused_alike(
    member_rest: httpx.Client, foreign_conversation: str, nothing_changes: NothingChanges, extra: dict[str, Any]
) -> None:
    with nothing_changes():
        foreign, missing = (
            member_rest.post("/chat_messages", json=a_message(which, **extra))
            for which in (foreign_conversation, new_id())
        )
    assert foreign.status_code == missing.status_code == 404
    assert foreign.json() == missing.json()


def test_an_existing_client_id_of_a_stranger_tells_nothing(
    root: Connection[Any],
    stranger: Member,
    member_rest: httpx.Client,
    foreign_conversation: str,
    nothing_changes: NothingChanges,
) -> None:
    taken = add_message(root, stranger.id, foreign_conversation, role="user")["client_message_id"]
    with nothing_changes():
        answers = [
            member_rest.post(
                "/chat_messages",
                params={"on_conflict": "conversation_id,client_message_id"} if wish else None,
                json=a_message(foreign_conversation, client_message_id=client_id),
                headers=prefer(f"resolution={wish}") if wish else None,
            )
            for wish in (None, "ignore-duplicates")
            for client_id in (taken, new_id())
        ]
    assert {(answer.status_code, answer.text) for answer in answers} == {(404, answers[0].text)}


@pytest.mark.parametrize("table", ["chat_conversations", "chat_messages", "chat_conversation_reads", "chat_inquiries"])
def test_a_stranger_reads_nothing(
    stack: LocalStack,
    root: Connection[Any],
    stranger: Member,
    new_member: Callable[[], Member],
    stranger_rest: httpx.Client,
    foreign_conversation: str,
    table: str,
) -> None:
    message = add_message(root, stranger.id, foreign_conversation)
    add_row(root, "chat_conversation_reads", {"user_id": stranger.id, "conversation_id": foreign_conversation})
    inquiry = {
        "client_inquiry_id": new_id(),
        "user_id": stranger.id,
        "conversation_id": foreign_conversation,
        "message_id": message["id"],
        "flow_version": "v",
        "step_id": "write",
        "values": {},
    }
    add_row(root, "chat_inquiries", inquiry)
    assert stranger_rest.get(f"/{table}").json() != []
    with rest(stack, new_member().access_token) as nosy:
        counted = nosy.get(f"/{table}", headers=prefer("count=exact"))
        assert (counted.status_code, counted.json()) == (200, [])
        assert counted.headers["content-range"].endswith("/0")
        assert nosy.get("/chat_conversation_summaries").json() == []


def test_embedding_does_not_lead_to_a_strangers_rows(
    root: Connection[Any], member: Member, stranger: Member, member_rest: httpx.Client, foreign_conversation: str
) -> None:
    foreign = add_message(root, stranger.id, foreign_conversation)["id"]
    own = add_message(root, member.id, add_conversation(root, member.id))["id"]
    for key in ("chat_messages_owner_fkey", "chat_messages_conversation_id_fkey"):
        answer = member_rest.get("/chat_conversations", params={"select": f"id,chat_messages!{key}(id)"})
        assert answer.status_code == 200
        assert own in answer.text
        assert foreign not in answer.text
        assert foreign_conversation not in answer.text


def test_a_completed_conversation_takes_no_message(
    root: Connection[Any], member: Member, member_rest: httpx.Client, nothing_changes: NothingChanges
) -> None:
    completed = add_conversation(root, member.id, status="completed")
    with nothing_changes():
        assert refused(member_rest.post("/chat_messages", json=a_message(completed))) == (409, "PT409")


def test_a_member_cannot_leave_their_role(member_rest: httpx.Client, conversation: str) -> None:
    for schema in ("private", "auth", "supabase_migrations"):
        answer = member_rest.get("/users", headers={"Accept-Profile": schema})
        assert not answer.is_success


def test_an_answer_belongs_to_a_question_of_the_same_conversation(
    root: Connection[Any],
    member: Member,
    stranger: Member,
    member_rest: httpx.Client,
    conversation: str,
    foreign_conversation: str,
    nothing_changes: NothingChanges,
) -> None:
    elsewhere = add_chips(root, member.id, add_conversation(root, member.id))
    foreign = add_chips(root, stranger.id, foreign_conversation)
    text = add_message(root, member.id, conversation)["id"]
    with nothing_changes():
        answers = [
            member_rest.post(
                "/chat_messages",
                json=a_message(conversation, in_reply_to=asked, event={"type": "chip", "chip_id": "yes"}),
            )
            for asked in (elsewhere, foreign, text, new_id())
        ]
    assert [(answer.status_code, answer.json()["message"]) for answer in answers] == [(422, "unknown_chip")] * 4
