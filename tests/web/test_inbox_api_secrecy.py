"""What only operators may see is in no byte that a customer can get; and it goes with the customer."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from flask import Flask
from psycopg import Connection

from scripts.local import LocalStack
from tests.stack import Member, rest, sign_in_anonymously
from tests.web.apps import APP_URL, bearer
from tests.web.chat import Api, Chat, through_app
from tests.web.desk import CALLS, Desk, add_operator, tomorrow

pytestmark = pytest.mark.tried("attacks")
SECRETS = ("쉿-메모-1", "쉿-라벨-2", "쉿-속성-3", "쉿-브라우저-4")
TABLES = (
    "chat_operators", "chat_desk", "chat_notes", "chat_labels", "chat_conversation_labels", "chat_canned_replies",
    "chat_activities", "chat_typing", "chat_presence", "chat_gone", "chat_hours", "chat_contacts",
    "chat_jobs", "chat_ticks", "chat_webhooks", "chat_deliveries", "chat_listeners",
    "chat_search", "chat_search_due", "chat_search_state", "chat_search_words",
    "chat_channels", "chat_channel_threads", "chat_channel_messages",
)  # fmt: skip


@pytest.fixture(params=["member", "guest"])
def member(request: pytest.FixtureRequest, stack: LocalStack, new_member: Callable[[], Member]) -> Member:
    """A customer: with an account, or a guest who asked for a person."""
    return sign_in_anonymously(stack) if request.param == "guest" else new_member()


@pytest.fixture
def operator_id(root: Connection[Any], stranger: Member) -> str:
    return add_operator(root, stranger, "admin")


@pytest.fixture
def chat(app: Flask, api: Api, root: Connection[Any], stranger: Member, operator_id: str, member: Member) -> Chat:
    """A conversation about which operators know much."""
    desk = Desk(through_app(app), stranger.access_token)
    chat = api.begin()
    desk.inbox("POST", "/labels", {"name": SECRETS[1]})
    desk.reply(chat.id, "도와드릴게요")
    assert desk.note(chat.id, SECRETS[0]).status == 201
    assert desk.change(chat.id, addLabels=[SECRETS[1]], priority="urgent", snoozedUntil=tomorrow()).status == 200
    root.execute(
        """update public.chat_contacts set attributes = jsonb_build_object('plan', %s::text), user_agent = %s
           where id = %s""",
        [SECRETS[2], SECRETS[3], member.id],
    )
    return chat


def every_address(app: Flask, chat: Chat, headers: dict[str, str]) -> Iterator[str]:
    """What every address of the service shows to who looks at it: pages, calls, files, whatever there is."""
    with app.test_client() as client:
        for rule in app.url_map.iter_rules():
            if "GET" in rule.methods and rule.endpoint != "static":
                path = rule.build(dict.fromkeys(rule.arguments, chat.id))[1]
                answer = client.get(path, headers=headers)
                yield f"{path} {answer.headers} {answer.get_data(as_text=True)}"


def everything_a_member_gets(app: Flask, rest_api: httpx.Client, api: Api, chat: Chat, member: Member) -> str:
    """Every byte of every answer: of our calls, of tables and views, of functions."""
    taken = [
        chat.opened.body,
        chat.write("또 여쭤볼게요").body,
        chat.page().body,
        chat.page(changedAfter=0).body,
        api.conversations().body,
        api.read(chat.id).body,
        api.call("POST", f"/conversations/{chat.id}/handover", {}).body,
        api.call("DELETE", f"/conversations/{chat.id}/handover").body,
        api.call("PUT", f"/conversations/{chat.id}/typing", {"isTyping": True}).body,
        api.call("GET", "/team").body,
    ]
    with app.test_client() as client:
        export = client.get("/api/v1/me/export", headers=bearer(member.access_token))
        assert export.status_code == 200
        taken.append(export.get_data(as_text=True))
    # The operators' calls, as a member who knows the ids.
    names = (
        "conversation", "note", "colleague", "label", "canned", "account", "new", "word", "channel", "outgoing", "sent",
    )  # fmt: skip
    desk = Desk(through_app(app), member.access_token)
    calls = [one.filled(dict.fromkeys(names, chat.id)) for one in CALLS.values()]
    taken += [desk.inbox(call.method, call.path, call.body, **call.query).body for call in calls]
    read = [rest_api.get(f"/{table}", params={"select": "*"}).text for table in TABLES]
    read += [rest_api.get("/chat_conversations", params={"select": f"*,{table}(*)"}).text for table in TABLES]
    read += [
        rest_api.get("/chat_conversations", params={"select": "*"}).text,
        rest_api.get("/chat_messages", params={"select": "*"}).text,
        rest_api.get("/chat_conversation_summaries", params={"select": "*"}).text,
        rest_api.get("/chat_team", params={"select": "*"}).text,
    ]
    for function, arguments in (
        ("chat_page", {"p_conversation_id": chat.id}),
        ("chat_turn", {"p_conversation_id": chat.id, "p_message_id": None}),
        ("chat_changed", {"p_conversation_id": chat.id, "p_after_rev": 0}),
        ("chat_list", {}),
        *(("chat_export", {"p_part": part}) for part in ("conversations", "messages", "reads", "inquiries")),
    ):
        read.append(rest_api.post(f"/rpc/{function}", json=arguments).text)
    return json.dumps(taken, ensure_ascii=False) + "".join(read)


def cookie_of(app: Flask, member: Member) -> str:
    """The session that a browser gets."""
    form = {"email": member.email, "password": member.password}
    with app.test_client() as client:
        answer = client.post("/sign-in", data=form, headers={"Origin": APP_URL})
    assert answer.status_code == 303
    return answer.headers["Set-Cookie"].split(";")[0]


def test_a_member_gets_nothing_of_the_desk(
    app: Flask, stack: LocalStack, api: Api, chat: Chat, member: Member, operator_id: str, stranger: Member
) -> None:
    with rest(stack, member.access_token) as client:
        seen = everything_a_member_gets(app, client, api, chat, member)
    addresses = [*every_address(app, chat, bearer(member.access_token))]
    if member.email:
        addresses += every_address(app, chat, {"Cookie": cookie_of(app, member)})
    # They do see who answered.
    assert "상담원 " in seen
    assert "도와드릴게요" in seen
    hidden = [*SECRETS, operator_id, stranger.id, stranger.email]
    assert [one[:160] for one in addresses if any(secret in one for secret in hidden)] == []
    # The API's description names these, to everybody.
    hidden += ["urgent", "assigneeId"]
    assert [seen[max(0, seen.find(secret) - 80) :][:160] for secret in hidden if secret in seen] == []


def test_all_of_it_goes_with_the_member(
    app: Flask, api: Api, chat: Chat, member: Member, root: Connection[Any]
) -> None:
    counts = {
        table: f"select count(*) from public.{table} where conversation_id = %s"
        for table in ("chat_desk", "chat_notes", "chat_conversation_labels", "chat_activities", "chat_messages")
    }
    assert all(root.execute(count, [chat.id]).fetchone()[0] for count in counts.values())
    assert api.call("DELETE", "/me").status == 204
    assert {table: root.execute(count, [chat.id]).fetchone()[0] for table, count in counts.items()} == dict.fromkeys(
        counts, 0
    )
    assert root.execute("select count(*) from public.chat_contacts where id = %s", [member.id]).fetchone()[0] == 0
