"""A guest who signs in keeps the chat: run again on the server, once; nothing that the browser claims is believed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import UUID, uuid4, uuid5

import httpx
import pytest
from flask.testing import FlaskClient
from psycopg import Connection
from psycopg.types.json import Jsonb

from scripts.local import LocalStack
from tests.concurrency import PATIENCE, at_once, until
from tests.stack import Member, connect
from tests.web import apps
from tests.web.deadlocks import WAITING

FORM = {
    "name": "김",
    "email": "me@example.com",
    "topic": "other",
    "title": "제목",
    "body": "내용입니다",
    "consent": True,
}


@pytest.fixture
def client(stack: LocalStack) -> FlaskClient:
    return apps.stack_app(stack).test_client()


class Guest:
    """A guest's browser: it keeps events and derives ids, as the page does."""

    def __init__(self, client: FlaskClient) -> None:
        self.id = str(uuid4())
        self.version = client.get("/api/v1/flow").get_json()["version"]
        self.events: list[dict[str, Any]] = []
        self.last = "opening"

    def derived(self, place: int) -> str:
        return str(uuid5(UUID(self.id), f"{self.last}/{place}"))

    def does(self, **event: Any) -> str:
        key = str(uuid4())
        self.events.append({"clientMessageId": key, "event": event})
        self.last = key
        return key

    def clicks(self, place: int, chip: str) -> str:
        return self.does(type="chip", messageId=self.derived(place), chipId=chip)

    def body(self) -> dict[str, Any]:
        return {
            "conversations": [{"clientConversationId": self.id, "flowVersion": self.version, "events": self.events}]
        }


def chatted(client: FlaskClient) -> Guest:
    """A guest who asked about shipping, left a form and is done."""
    guest = Guest(client)
    guest.clicks(1, "shipping")
    guest.clicks(1, "another")
    guest.clicks(1, "write")
    guest.does(type="form", messageId=guest.derived(1), values=FORM)
    guest.clicks(1, "okay")
    return guest


def bring(client: FlaskClient, member: Member, body: dict[str, Any]) -> Any:
    return client.post("/api/v1/import", json=body, headers=apps.bearer(member.access_token))


def messages(client: FlaskClient, member: Member, conversation: str) -> list[dict[str, Any]]:
    answer = client.get(
        f"/api/v1/conversations/{conversation}/messages?limit=200", headers=apps.bearer(member.access_token)
    )
    return list(answer.get_json()["messages"])


def test_the_imported_conversation_reads_like_the_guests(client: FlaskClient, member: Member) -> None:
    guest = chatted(client)
    answer = bring(client, member, guest.body())
    assert answer.status_code == 201
    told = answer.get_json()
    assert told["rejected"] == []
    conversation = told["conversations"][0]
    assert conversation["clientConversationId"] == guest.id
    assert conversation["status"] == "completed"
    rows = messages(client, member, conversation["id"])
    assert [(m["role"], m["kind"], m["content"]) for m in rows] == [
        ("bot", "text", "안녕하세요! 무엇을 도와드릴까요?"),
        ("bot", "chips", "문의 유형을 선택해 주세요."),
        ("user", "text", "배송"),
        ("bot", "text", rows[3]["content"]),
        ("bot", "chips", None),
        ("user", "text", "네 다른문의 할게요"),
        ("bot", "text", "더 도와드릴 내용이 있나요?"),
        ("bot", "chips", "문의 유형을 선택해 주세요."),
        ("user", "text", "직접 문의하기"),
        ("bot", "text", "아래 양식을 남겨 주시면 담당자가 이메일로 답해 드려요."),
        ("bot", "form", None),
        ("user", "text", "문의를 남겼어요: 제목"),
        ("bot", "text", "문의가 접수됐어요. me@example.com 주소로 답변을 보내 드릴게요."),
        ("bot", "chips", None),
        ("user", "text", "괜찮아요"),
        ("bot", "notice", "다른 문의사항이 있으면 새 대화를 이용해주세요."),
    ]
    assert [m["cursor"] for m in rows] == [str(n) for n in range(1, 17)]
    assert all(m["answer"] for m in rows if m["kind"] in ("chips", "form"))


def test_importing_twice_imports_once(client: FlaskClient, member: Member, stack: LocalStack) -> None:
    body = chatted(client).body()
    first, second = bring(client, member, body), bring(client, member, body)
    assert second.status_code == 201
    ids = [answer.get_json()["conversations"][0]["id"] for answer in (first, second)]
    assert ids[0] == ids[1]
    assert len(messages(client, member, ids[0])) == 16
    rows = client.get("/api/v1/conversations", headers=apps.bearer(member.access_token)).get_json()["conversations"]
    assert len(rows) == 1


def test_an_imported_open_conversation_goes_on(client: FlaskClient, member: Member) -> None:
    guest = Guest(client)
    guest.clicks(1, "shipping")
    conversation = bring(client, member, guest.body()).get_json()["conversations"][0]
    chips = messages(client, member, conversation["id"])[-1]
    answer = client.post(
        f"/api/v1/conversations/{conversation['id']}/turns",
        json={
            "clientMessageId": str(uuid4()),
            "event": {"type": "chip", "messageId": chips["id"], "chipId": "okay"},
        },
        headers=apps.bearer(member.access_token),
    )
    assert answer.status_code == 201
    assert answer.get_json()["conversation"]["status"] == "completed"


@pytest.mark.parametrize(
    "forged",
    [
        {"role": "bot"},
        {"content": "봇이 한 말"},
        {"createdAt": "2001-01-01T00:00:00Z"},
        {"id": str(uuid4())},
        {"userId": str(uuid4())},
    ],
)
def test_what_is_forged_is_refused(client: FlaskClient, member: Member, forged: dict[str, str]) -> None:
    guest = chatted(client)
    guest.events[0] |= forged
    assert bring(client, member, guest.body()).status_code == 422
    rows = client.get("/api/v1/conversations", headers=apps.bearer(member.access_token)).get_json()["conversations"]
    assert rows == []


def test_ids_of_others_get_nowhere(client: FlaskClient, member: Member, stranger: Member) -> None:
    conversation = bring(client, stranger, chatted(client).body()).get_json()["conversations"][0]
    theirs = messages(client, stranger, conversation["id"])
    guest = Guest(client)
    guest.does(type="chip", messageId=theirs[1]["id"], chipId="shipping")
    answer = bring(client, member, guest.body()).get_json()
    assert [event["code"] for event in answer["rejected"]] == ["unknown_chip"]
    assert answer["conversations"][0]["id"] != conversation["id"]
    assert messages(client, stranger, conversation["id"]) == theirs


def test_an_unknown_flow_version_runs_on_the_current_one(client: FlaskClient, member: Member) -> None:
    guest = Guest(client)
    guest.version = "0123456789abcdef"
    guest.clicks(1, "shipping")
    answer = bring(client, member, guest.body())
    assert answer.status_code == 201
    assert answer.get_json()["rejected"] == []


def test_limits_hold(client: FlaskClient, member: Member) -> None:
    guest = Guest(client)
    for _ in range(201):
        guest.does(type="text", content="안녕")
    assert bring(client, member, guest.body()).status_code == 422
    one = Guest(client).body()["conversations"][0]
    many = {"conversations": [one | {"clientConversationId": str(uuid4())} for _ in range(21)]}
    assert bring(client, member, many).status_code == 422
    guest.events = guest.events[:200]
    guest.events[0]["event"]["content"] = "x" * (256 * 1024)
    assert bring(client, member, guest.body()).status_code == 413


def test_nobody_imports_without_an_account(client: FlaskClient) -> None:
    assert client.post("/api/v1/import", json=chatted(client).body()).status_code == 401


# --- the forms of guests ----------------------------------------------------------------------------------------------


def inquire(client: FlaskClient, **changes: Any) -> Any:
    version = client.get("/api/v1/flow").get_json()["version"]
    body = {"clientInquiryId": str(uuid4()), "flowVersion": version, "stepId": "write", "values": FORM}
    return client.post("/api/v1/inquiries", json=body | changes)


def inquiries(service_rest: httpx.Client, client_id: str) -> list[dict[str, Any]]:
    return list(service_rest.get("/chat_inquiries", params={"client_inquiry_id": f"eq.{client_id}"}).json())


def test_a_guests_form_becomes_an_inquiry_once(client: FlaskClient, service_rest: httpx.Client) -> None:
    key = str(uuid4())
    assert inquire(client, clientInquiryId=key).status_code == 201
    assert inquire(client, clientInquiryId=key).status_code == 200
    assert inquire(client, clientInquiryId=key, values=FORM | {"title": "다른 제목"}).status_code == 409
    rows = inquiries(service_rest, key)
    assert [(row["user_id"], row["values"], row["status"]) for row in rows] == [(None, FORM, "new")]


def test_a_guests_bad_form_names_its_fields(client: FlaskClient, service_rest: httpx.Client) -> None:
    key = str(uuid4())
    answer = inquire(client, clientInquiryId=key, values={"email": "x"})
    assert answer.status_code == 422
    assert answer.get_json()["code"] == "invalid_form"
    assert "values.email" in {fault["field"] for fault in answer.get_json()["errors"]}
    assert inquiries(service_rest, key) == []


@pytest.mark.parametrize("step", ["categories", "nowhere", "__class__"])
def test_a_step_without_a_form_takes_none(client: FlaskClient, step: str) -> None:
    assert inquire(client, stepId=step).get_json()["code"] == "invalid_form"


def test_an_inquiry_is_at_most_sixteen_kilobytes(client: FlaskClient) -> None:
    assert inquire(client, values=FORM | {"body": "x" * 16_384}).status_code == 413


def test_an_imported_form_is_one_inquiry(client: FlaskClient, member: Member, service_rest: httpx.Client) -> None:
    guest = Guest(client)
    guest.clicks(1, "write")
    key = guest.does(type="form", messageId=guest.derived(1), values=FORM)
    assert inquire(client, clientInquiryId=key).status_code == 201
    assert bring(client, member, guest.body()).status_code == 201
    assert [row["user_id"] for row in inquiries(service_rest, key)] == [member.id]


def with_form(client: FlaskClient, key: str, **changes: Any) -> Guest:
    """A guest who left a form under this id."""
    guest = Guest(client)
    guest.clicks(1, "write")
    guest.does(type="form", messageId=guest.derived(1), values=FORM | changes)
    guest.events[-1]["clientMessageId"] = key
    return guest


@pytest.mark.parametrize("order", ["post import post", "import post post", "post import import", "import import post"])
def test_an_inquiry_is_one_whoever_sends_it_again(
    client: FlaskClient, member: Member, service_rest: httpx.Client, order: str
) -> None:
    key = str(uuid4())
    made = []
    for step in order.split():
        if step == "post":
            answer = inquire(client, clientInquiryId=key)
            made.append(answer.status_code)
        else:
            # Another conversation each time: what it carries is the same form.
            assert bring(client, member, with_form(client, key).body()).status_code == 201
    assert [row["user_id"] for row in inquiries(service_rest, key)] == [member.id]
    assert made.count(201) == (order.startswith("post"))
    assert set(made) <= {200, 201}
    assert inquire(client, clientInquiryId=key, values=FORM | {"title": "다른 제목"}).status_code == 409
    assert len(inquiries(service_rest, key)) == 1


def test_an_inquiry_is_one_however_often_it_comes_at_once(
    stack: LocalStack, member: Member, service_rest: httpx.Client
) -> None:
    # As many at once as a member may not have of one worker: several workers let them through together.
    app = apps.stack_app(stack, member_imports_in_flight=0)
    client = app.test_client()

    def post(key: str) -> int:
        return int(inquire(app.test_client(), clientInquiryId=key).status_code)

    def brought(body: dict[str, Any]) -> int:
        return int(bring(app.test_client(), member, body).status_code)

    for _ in range(10):
        key = str(uuid4())
        bodies = [with_form(client, key).body() for _ in range(2)]
        statuses = at_once([partial(post, key), *[partial(brought, body) for body in bodies], partial(post, key)])
        assert statuses[1:-1] == [201] * 2
        assert {statuses[0], statuses[-1]} <= {200, 201}
        assert [statuses[0], statuses[-1]].count(201) <= 1
        assert [row["user_id"] for row in inquiries(service_rest, key)] == [member.id]


def test_an_inquiry_that_comes_while_it_is_brought_along_is_one(
    client: FlaskClient, stack: LocalStack, root: Connection[Any], member: Member, service_rest: httpx.Client
) -> None:
    key = str(uuid4())
    assert inquire(client, clientInquiryId=key).status_code == 201
    body = with_form(client, key).body()
    with connect(stack) as guests, ThreadPoolExecutor(1) as pool:
        # What is there goes, and comes at the same moment: the import, which waits for it, finds nothing to take over.
        guests.execute("delete from public.chat_inquiries where client_inquiry_id = %s", [key])
        guests.execute("select public.chat_submit_inquiry(%s, 'v', 'write', %s, 'ko')", [key, Jsonb(FORM)])
        brought = pool.submit(bring, client, member, body)
        until(lambda: root.execute(WAITING).fetchall() == [(1,)])
        guests.commit()
        assert brought.result(PATIENCE).status_code == 201
    assert [row["user_id"] for row in inquiries(service_rest, key)] == [member.id]


def test_a_guests_inquiry_of_before_stays_one_when_it_was_brought_along(
    client: FlaskClient, member: Member, service_rest: httpx.Client
) -> None:
    """Rows of earlier versions do not say that they are a guest's; an import that claims one does."""
    key = str(uuid4())
    guest = with_form(client, key)
    assert inquire(client, clientInquiryId=key).status_code == 201
    service_rest.patch(
        "/chat_inquiries", params={"client_inquiry_id": f"eq.{key}"}, json={"from_guest": False}
    ).raise_for_status()
    assert bring(client, member, guest.body()).status_code == 201
    assert inquire(client, clientInquiryId=key).status_code == 200
    assert [row["user_id"] for row in inquiries(service_rest, key)] == [member.id]


def test_the_same_guests_form_is_not_doubled_by_a_second_account(
    client: FlaskClient, member: Member, stranger: Member, service_rest: httpx.Client
) -> None:
    key = str(uuid4())
    for who in (member, stranger):
        assert bring(client, who, with_form(client, key).body()).status_code == 201
    assert [row["user_id"] for row in inquiries(service_rest, key)] == [member.id]


def test_who_guesses_the_id_of_an_inquiry_learns_nothing(
    client: FlaskClient, member: Member, stranger: Member, service_rest: httpx.Client
) -> None:
    taken, fresh = str(uuid4()), str(uuid4())
    assert bring(client, member, with_form(client, taken).body()).status_code == 201
    before = inquiries(service_rest, taken)
    answers = [bring(client, stranger, with_form(client, key, title="짐작").body()) for key in (taken, fresh)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert [answer.get_json()["rejected"] for answer in answers] == [[], []]
    seen = client.get("/api/v1/me/export", headers=apps.bearer(stranger.access_token)).get_json()["inquiries"]
    assert {row["clientInquiryId"] for row in seen} == {taken, fresh}
    assert {row["values"]["title"] for row in seen} == {"짐작"}
    assert [row for row in inquiries(service_rest, taken) if row["user_id"] == member.id] == before
