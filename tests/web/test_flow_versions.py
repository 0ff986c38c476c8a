"""A conversation keeps the flow that it began with and goes on over a rollback; a broken flow is not started with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from psycopg import Connection

from scripts.local import LocalStack
from scripts.local.errors import StackError
from service.dialogue.flows.loader import SHIPPED, FlowError
from tests.db.articles import QUESTION, TEXT, an_article
from tests.stack import Member
from tests.unit.test_flow_loader import BROKEN
from tests.web import apps
from tests.web.server import gunicorn
from tests.words import a_word

ANSWER = "평일 오후 2시 이전에"
NEW_ANSWER = "이제 밤 10시까지 출고해요"


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    """The shipped flow after an edit: another answer, and one category less."""
    text = SHIPPED.read_text(encoding="utf-8").replace(ANSWER, NEW_ANSWER)
    text = text.replace(
        "          - id: returns\n            label: {ko: 교환·반품, en: Returns}\n            to: returns\n", ""
    )
    step = text.index("\n  returns:\n")
    path = tmp_path / "edited.yaml"
    path.write_text(text[:step] + text[text.index("\n  payment:\n") :], encoding="utf-8")
    return path


def post(client: FlaskClient, member: Member, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(f"/api/v1/{path}", json=body, headers=apps.bearer(member.access_token))
    assert answer.status_code == 201, answer.get_json()
    return dict(answer.get_json())


def begin(client: FlaskClient, member: Member) -> dict[str, Any]:
    return post(client, member, "conversations", {"clientConversationId": str(uuid4())})


def click(client: FlaskClient, member: Member, opened: dict[str, Any], chip: str) -> list[str]:
    (*_, asked) = (message for message in opened["messages"] if message["kind"] == "chips")
    event = {"type": "chip", "messageId": asked["id"], "chipId": chip}
    body = {"clientMessageId": str(uuid4()), "event": event}
    told = post(client, member, f"conversations/{opened['conversation']['id']}/turns", body)
    return [message["content"] or "" for message in told["messages"]]


def test_an_open_conversation_goes_on_with_its_own_flow(stack: LocalStack, member: Member, edited: Path) -> None:
    before = apps.stack_app(stack).test_client()
    old, gone = begin(before, member), begin(before, member)

    after = apps.stack_app(stack, flow_file=edited).test_client()
    assert any(ANSWER in text for text in click(after, member, old, "shipping"))
    # The category is not in the new flow at all.
    assert any("7일 안에" in text for text in click(after, member, gone, "returns"))
    new = begin(after, member)
    assert len(new["messages"][-1]["payload"]["chips"]) == len(old["messages"][-1]["payload"]["chips"]) - 1
    assert any(NEW_ANSWER in text for text in click(after, member, new, "shipping"))
    # And the other way round: a worker that has not been restarted yet.
    assert any(NEW_ANSWER in text for text in click(before, member, begin(after, member), "shipping"))


def test_a_question_is_one_where_the_flow_of_its_conversation_says_so(
    stack: LocalStack, member: Member, edited: Path, root: Connection[Any]
) -> None:
    before = apps.stack_app(stack, flow_file=edited).test_client()
    opened = begin(before, member)
    with an_article(root):
        # This one knows nothing of that flow yet.
        after = apps.stack_app(stack).test_client()
        assert bot_said(send(after, member, opened, {"type": "text", "content": QUESTION})) == [TEXT]


def resumed(client: FlaskClient) -> list[str]:
    """What the bot says first, where a conversation goes on without knowing where it stood."""
    flow = client.get("/api/v1/flow").get_json()
    return [said["content"] for said in flow["tables"]["ko"]["resume"]["messages"]]


def send(client: FlaskClient, member: Member, opened: dict[str, Any], event: dict[str, Any]) -> dict[str, Any]:
    body = {"clientMessageId": str(uuid4()), "event": event}
    return post(client, member, f"conversations/{opened['conversation']['id']}/turns", body)


def bot_said(told: dict[str, Any]) -> list[str]:
    return [message["content"] for message in told["messages"] if message["role"] == "bot"]


def lines_of(log: str, event: str) -> list[dict[str, Any]]:
    return [line for line in map(json.loads, log.splitlines()) if line.get("event") == event]


# What a newer version may have kept, as SQL that changes a conversation's state.
NEWER_STATES = {
    "a version": """jsonb_set(state, '{version}', '7') || '{"position": ["속마음", 3]}'""",
    "a field": """state || '{"mood": "속마음"}'""",
    "a shape": """'["속마음"]'""",
    "a step": """jsonb_set(state, '{step}', '"속마음"')""",
    "a language": """jsonb_set(state, '{locale}', '"속마음"')""",
}


@pytest.mark.parametrize("state", NEWER_STATES.values(), ids=NEWER_STATES.keys())
def test_a_state_of_a_newer_version_goes_on_at_resume(
    stack: LocalStack, member: Member, root: Connection[Any], capfd: pytest.CaptureFixture[str], state: str
) -> None:
    client = apps.stack_app(stack).test_client()
    opened = begin(client, member)
    key = opened["conversation"]["id"]
    root.execute(f"update public.chat_conversations set state = {state} where id = %s", [key])  # type: ignore[arg-type]
    capfd.readouterr()

    told = send(client, member, opened, {"type": "text", "content": "거기 누구 있나요?"})
    assert told["messages"][0]["content"] == "거기 누구 있나요?"
    first = resumed(client)
    assert bot_said(told)[: len(first)] == first
    log = capfd.readouterr().err
    (line,) = lines_of(log, "flow_unreadable")
    assert line["document"] == "state"
    assert line["flow_version"]
    assert "속마음" not in log
    # From here on it is a conversation like any other, and nothing that was said is gone.
    assert any(ANSWER in text for text in click(client, member, told, "shipping"))
    assert lines_of(capfd.readouterr().err, "flow_unreadable") == []
    kept = client.get(f"/api/v1/conversations/{key}/messages", headers=apps.bearer(member.access_token)).get_json()
    contents = [message["content"] for message in kept["messages"]]
    assert contents[: len(opened["messages"])] == [message["content"] for message in opened["messages"]]
    assert "거기 누구 있나요?" in contents


def test_a_click_on_an_old_question_still_counts_without_a_state(
    stack: LocalStack, member: Member, root: Connection[Any]
) -> None:
    client = apps.stack_app(stack).test_client()
    opened = begin(client, member)
    key = opened["conversation"]["id"]
    root.execute("update public.chat_conversations set state = '{\"version\": 9}' where id = %s", [key])
    said = click(client, member, opened, "shipping")
    assert any(ANSWER in text for text in said)
    event = {"type": "chip", "messageId": opened["messages"][-1]["id"], "chipId": "payment"}
    again = client.post(
        f"/api/v1/conversations/{key}/turns",
        json={"clientMessageId": str(uuid4()), "event": event},
        headers=apps.bearer(member.access_token),
    )
    assert again.get_json()["code"] == "already_answered"


def newer(root: Connection[Any], version: str, name: str) -> None:
    """Keep a flow as a newer version of ours writes it."""
    root.execute(
        """insert into public.chat_flows (version, definition)
           select %s, definition || '{"format": 42, "mood": "속마음"}' from public.chat_flows where version = %s""",
        [name, version],
    )


def test_a_flow_of_a_newer_version_goes_on_at_resume_of_the_current_one(
    stack: LocalStack, member: Member, root: Connection[Any], capfd: pytest.CaptureFixture[str]
) -> None:
    client = apps.stack_app(stack).test_client()
    opened = begin(client, member)
    key = opened["conversation"]["id"]
    version = client.get("/api/v1/flow").get_json()["version"]
    name = f"newer-{a_word()}"
    newer(root, version, name)
    root.execute("update public.chat_conversations set flow_version = %s where id = %s", [name, key])
    capfd.readouterr()
    told = send(client, member, opened, {"type": "text", "content": "계속할 수 있나요?"})
    first = resumed(client)
    assert bot_said(told)[: len(first)] == first
    log = capfd.readouterr().err
    (line,) = lines_of(log, "flow_unreadable")
    assert (line["document"], line["document_version"], line["flow_version"]) == ("flow", 42, name)
    assert "속마음" not in log
    row = root.execute("select flow_version, status from public.chat_conversations where id = %s", [key]).fetchone()
    assert row == (version, "open")
    assert any(ANSWER in text for text in click(client, member, told, "shipping"))


def test_a_form_whose_flow_cannot_be_read_is_kept(
    stack: LocalStack, member: Member, root: Connection[Any], edited: Path
) -> None:
    before = apps.stack_app(stack).test_client()
    opened = begin(before, member)
    asked = send(before, member, opened, {"type": "chip", "messageId": opened["messages"][-1]["id"], "chipId": "write"})
    version = before.get("/api/v1/flow").get_json()["version"]
    name = f"newer-{a_word()}"
    newer(root, version, name)
    key = opened["conversation"]["id"]
    root.execute("update public.chat_conversations set flow_version = %s where id = %s", [name, key])
    # The form of before is in the current flow, too.
    values = {
        "name": "김하나", "email": "hana@example.com", "topic": "shipping", "title": "제목", "body": "언제 오나요?",
        "consent": True,
    }  # fmt: skip
    event = {"type": "form", "messageId": asked["messages"][-1]["id"], "values": values}
    told = send(apps.stack_app(stack, flow_file=edited).test_client(), member, opened, event)
    assert any("hana@example.com" in text for text in bot_said(told) if text)
    count = root.execute("select count(*) from public.chat_inquiries where conversation_id = %s", [key]).fetchone()
    assert count == (1,)


def test_the_same_version_kept_by_a_newer_one_is_read_as_ours(
    stack: LocalStack, member: Member, root: Connection[Any], edited: Path
) -> None:
    """The digest is of the file: a newer version keeps the same file under the same name, in its own form."""
    client = apps.stack_app(stack, flow_file=edited).test_client()
    opened = begin(client, member)
    version = client.get("/api/v1/flow").get_json()["version"]
    root.execute(
        """update public.chat_flows set definition = definition || '{"format": 42, "mood": "속마음"}'
           where version = %s""",
        [version],
    )
    try:
        assert any(NEW_ANSWER in text for text in click(client, member, opened, "shipping"))
        # For who does not know that file it is a flow that cannot be read.
        other = apps.stack_app(stack).test_client()
        told = send(other, member, begin(client, member), {"type": "text", "content": "안녕하세요"})
        assert bot_said(told)[0] == resumed(other)[0]
    finally:
        root.execute("delete from public.chat_conversations where flow_version = %s", [version])
        root.execute("delete from public.chat_flows where version = %s", [version])


def test_an_app_is_not_made_of_a_broken_flow(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text(BROKEN, encoding="utf-8")
    with pytest.raises(FlowError, match=r"broken.yaml has \d+ faults"):
        apps.offline_app(flow_file=broken)


def test_the_server_refuses_to_start_on_a_broken_flow_and_says_why(stack: LocalStack, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text(BROKEN, encoding="utf-8")
    log = tmp_path / "app.log"
    with pytest.raises(StackError), gunicorn(stack, log, FLOW_FILE=str(broken)):
        pass
    told = log.read_text(encoding="utf-8")
    assert "line 3, resume" in told
    assert "Traceback" not in told
