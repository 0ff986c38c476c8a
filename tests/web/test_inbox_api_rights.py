"""Who may call what of the operators' API, what it costs, and that its answers are as described, call by call."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from psycopg import Connection

from scripts.local import LocalStack
from service.app import OPERATIONS
from tests.concurrency import PATIENCE, at_once
from tests.stack import Member, connect
from tests.web.apps import APP_URL, stack_app, token
from tests.web.chat import Answer, Api, Chat, new_id, through_app
from tests.web.desk import CALLS, INBOX, Call, Desk, add_operator, desk_state, things
from tests.web.proxy import Passed, Proxy

pytestmark = pytest.mark.tried("attacks")
WITH_ID = [name for name, call in CALLS.items() if "{" in call.path]
WITH_BODY = [name for name, call in CALLS.items() if call.wrong is not None]


@dataclass(frozen=True)
class Team:
    """Accounts of all kinds. `inactive` was an operator, `newcomer` may become one."""

    customer: Member
    admin: Member
    agent: Member
    inactive: Member
    newcomer: Member
    admin_id: str
    agent_id: str


@pytest.fixture(scope="module")
def team(stack: LocalStack, new_member: Callable[[], Member]) -> Iterator[Team]:
    customer, admin, agent, inactive, newcomer = (new_member() for _ in range(5))
    with connect(stack, autocommit=True) as db:
        admin_id, agent_id = add_operator(db, admin, "admin"), add_operator(db, agent)
        add_operator(db, inactive, "admin", is_active=False)
        yield Team(customer, admin, agent, inactive, newcomer, admin_id, agent_id)


@pytest.fixture
def chat(app: Flask, team: Team) -> Chat:
    return Api(through_app(app), team.customer.access_token).begin()


@pytest.fixture
def call(chat: Chat, root: Connection[Any], team: Team, endpoint: str) -> Call:
    """The call, about things that there are; a note in it is the agent's."""
    return CALLS[endpoint].filled(things(root, chat, team.agent_id, team.admin_id, team.newcomer.id))


def send(app: Flask, call: Call, access_token: str | None, **changed: Any) -> Answer:
    desk = Desk(through_app(app), access_token)
    return desk.inbox(call.method, changed.get("path", call.path), changed.get("body", call.body), **call.query)


def test_every_call_has_its_line() -> None:
    assert set(CALLS) == {name for name, one in OPERATIONS.items() if one.tag == "Inbox" and name.startswith("inbox_")}


@pytest.mark.parametrize("endpoint", CALLS)
def test_who_may_is_answered_as_described_for_one_request(
    proxied_app: Flask, proxy: Proxy, team: Team, call: Call, endpoint: str
) -> None:
    who = team.admin if call.is_for_admins else team.agent
    with proxy.watch() as seen:
        answer = send(proxied_app, call, who.access_token)
    assert answer.status == call.status, answer.body
    assert seen == [Passed("service", f"rpc/{name}") for name in call.asks]
    model = OPERATIONS[endpoint].answers[call.status]
    if model is not None:
        model.model_validate(answer.body)


@pytest.mark.parametrize("endpoint", CALLS)
def test_everybody_else_is_refused_and_nothing_is_written(
    app: Flask, team: Team, chat: Chat, call: Call, endpoint: str, root: Connection[Any]
) -> None:
    before = desk_state(root, chat.id)
    unknown = re.sub(r"(?<=/)[0-9a-f-]{36}", new_id(), call.path)
    for given in ({}, {"path": unknown}, *([{"body": call.wrong}] if call.wrong is not None else [])):
        assert send(app, call, None, **given).refusal == (401, "unauthenticated")
        assert send(app, call, token(), **given).refusal == (401, "unauthenticated")
        for nobody in (team.customer, team.inactive):
            assert send(app, call, nobody.access_token, **given).refusal == (403, "not_an_operator"), given
        if call.is_for_admins:
            assert send(app, call, team.agent.access_token, **given).refusal == (403, "not_allowed"), given
    assert desk_state(root, chat.id) == before


@pytest.mark.parametrize("endpoint", WITH_ID)
def test_what_is_not_there_is_not_found(app: Flask, team: Team, call: Call, endpoint: str) -> None:
    last = CALLS[endpoint].path
    for key in (new_id(), "7", "%00", "없음"):
        answer = send(app, call, team.admin.access_token, path=re.sub(r"{\w+}", key, last))
        assert answer.refusal == (404, "not_found"), key


@pytest.mark.parametrize("endpoint", WITH_BODY)
def test_all_faults_of_a_body_at_once(
    app: Flask, team: Team, chat: Chat, call: Call, endpoint: str, root: Connection[Any]
) -> None:
    before = desk_state(root, chat.id)
    wrong = {**call.wrong, "unheardOf": 1, "\ud800": "a"}
    who = team.admin if call.is_for_admins else team.agent
    desk = Desk(through_app(app), who.access_token)
    answer = desk.inbox(call.method, call.path, json.dumps(wrong).encode())
    assert answer.refusal == (422, "invalid")
    fields = [fault["field"] for fault in answer.body["errors"]]
    assert {"unheardOf", *call.wrong} <= set(fields)
    assert len(fields) == len(set(fields))
    for body, refusal in (
        (b"{", (400, "malformed_json")),
        (b'{"a":"' + b"x" * OPERATIONS[endpoint].body.max_bytes + b'"}', (413, "payload_too_large")),
    ):
        assert desk.inbox(call.method, call.path, body).refusal == refusal
    assert desk_state(root, chat.id) == before


def test_a_change_by_cookie_needs_a_page_of_our_own(app: Flask, team: Team) -> None:
    client = app.test_client()
    form = {"email": team.agent.email, "password": team.agent.password}
    assert client.post("/sign-in", data=form, headers={"Origin": APP_URL}).status_code == 303
    path, body = f"/api/v1{INBOX}/me/availability", {"availability": "away"}
    assert client.put(path, json=body).json["code"] == "origin_not_allowed"
    assert client.put(path, json=body, headers={"Origin": "https://evil.example"}).json["code"] == "origin_not_allowed"
    assert client.put(path, json=body, headers={"Origin": APP_URL}).json["availability"] == "away"
    assert client.get(f"/api/v1{INBOX}/me").json["displayName"]


def test_a_demoted_operator_is_refused_from_the_next_request_on(
    app: Flask, team: Team, root: Connection[Any], member: Member, chat: Chat
) -> None:
    key, desk = add_operator(root, member, "admin"), Desk(through_app(app), member.access_token)
    admin = Desk(through_app(app), team.admin.access_token)
    assert desk.inbox("POST", "/labels", {"name": new_id()}).status == 201
    assert admin.inbox("PATCH", f"/operators/{key}", {"role": "agent"}).status == 200
    assert desk.inbox("POST", "/labels", {"name": new_id()}).refusal == (403, "not_allowed")
    assert desk.claim(chat.id).status == 200
    assert admin.inbox("PATCH", f"/operators/{key}", {"isActive": False}).status == 200
    assert desk.reply(chat.id).refusal == (403, "not_an_operator")


def test_operators_count_as_members(stack: LocalStack, team: Team) -> None:
    app = stack_app(stack, rate_limit_member=2)
    desk = Desk(through_app(app), team.agent.access_token)
    assert [desk.inbox("GET", "/me").status for _ in range(3)] == [200, 200, 429]


def test_operators_have_as_much_in_flight_as_members(stack: LocalStack, proxy: Proxy, team: Team, chat: Chat) -> None:
    app = stack_app(stack, supabase_url=proxy.url, member_turns_in_flight=1)
    desk = Desk(through_app(app), team.agent.access_token)
    gate = proxy.hold("rpc/inbox_reply")

    def second() -> int:
        assert gate.reached.wait(PATIENCE)
        try:
            return desk.reply(chat.id).status
        finally:
            gate.open()

    assert at_once([lambda: desk.reply(chat.id).status, second]) == [201, 429]
