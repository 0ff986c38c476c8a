"""A conversation keeps the flow that it began with, and a broken flow keeps the service from starting."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from scripts.local import LocalStack
from scripts.local.errors import StackError
from service.dialogue.flows.loader import SHIPPED, FlowError
from tests.stack import Member
from tests.unit.test_flow_loader import BROKEN
from tests.web import apps
from tests.web.server import gunicorn

ANSWER = "평일 오후 2시 이전에"
NEW_ANSWER = "이제 밤 10시까지 출고해요"


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    """The shipped flow after an edit: another answer, and one category less."""
    text = SHIPPED.read_text(encoding="utf-8").replace(ANSWER, NEW_ANSWER)
    category = text.index(
        "          - id: returns\n            label: {ko: 교환·반품, en: Returns}\n            to: returns\n"
    )
    text = text[:category] + text[text.index("          - id: payment", category) :]
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
    event = {"type": "chip", "messageId": opened["messages"][-1]["id"], "chipId": chip}
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
