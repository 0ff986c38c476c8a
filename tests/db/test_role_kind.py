"""Who may say what: the same twelve pairs for the domain model, the CHECK and what a member may insert."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from psycopg import Connection

from service.core.errors import Invalid
from service.dialogue.message import Kind, Message, Role, is_allowed
from tests.db.chats import CHIPS, FORM, add_conversation, add_message, messages_of, new_id
from tests.stack import Member, persona

ALLOWED = {
    "user": {"text"},
    "bot": {"text", "chips", "form", "notice"},
    "system": {"text", "notice"},
}
PAIRS = [(role, kind) for role in ("user", "bot", "system") for kind in ("text", "chips", "form", "notice")]
PAYLOADS = {"chips": CHIPS, "form": FORM}


def domain_takes(role: str, kind: str) -> bool:
    try:
        Message(
            id=uuid4(),
            client_message_id=uuid4(),
            role=Role(role),
            kind=Kind(kind),
            content="안녕",
            payload=PAYLOADS.get(kind),
            created_at=datetime.now(UTC),
        )
    except Invalid:
        return False
    return True


def check_takes(db: Connection[Any], owner: str, conversation: str, role: str, kind: str) -> bool:
    try:
        with db.transaction():
            add_message(db, owner, conversation, role=role, kind=kind, content="안녕", payload=PAYLOADS.get(kind))
    except psycopg.errors.CheckViolation:
        return False
    return True


@pytest.mark.parametrize(("role", "kind"), PAIRS)
def test_domain_check_and_policy_agree_on_who_may_say_what(
    db: Connection[Any],
    root: Connection[Any],
    member: Member,
    member_rest: httpx.Client,
    conversation: str,
    role: str,
    kind: str,
) -> None:
    allowed = kind in ALLOWED[role]

    assert is_allowed(Role(role), Kind(kind)) is allowed
    assert domain_takes(role, kind) is allowed

    own = add_conversation(db, member.id)
    assert check_takes(db, member.id, own, role, kind) is allowed
    with persona(db, "service_role"):
        assert check_takes(db, member.id, own, role, kind) is allowed

    row = {
        "conversation_id": conversation,
        "role": role,
        "kind": kind,
        "content": "안녕",
        "client_message_id": new_id(),
    }
    answer = member_rest.post("/chat_messages", json=row)
    if (role, kind) == ("user", "text"):
        assert answer.status_code == 201
        assert len(messages_of(root, conversation)) == 1
    else:
        assert (answer.status_code, answer.json()["code"]) == (403, "42501")
        assert messages_of(root, conversation) == []


@pytest.mark.parametrize(("role", "kind"), [("nobody", "text"), ("bot", "picture"), (None, "text"), ("bot", None)])
def test_other_roles_and_kinds_do_not_exist(
    db: Connection[Any], member: Member, role: str | None, kind: str | None
) -> None:
    own = add_conversation(db, member.id)
    with pytest.raises(psycopg.errors.IntegrityError):
        add_message(db, member.id, own, role=role, kind=kind)


@pytest.mark.parametrize(
    ("kind", "lacks"), [("text", "content"), ("notice", "content"), ("chips", "payload"), ("form", "payload")]
)
def test_a_message_has_what_its_kind_shows(db: Connection[Any], member: Member, kind: str, lacks: str) -> None:
    own = add_conversation(db, member.id)
    columns = {"content": "안녕", "payload": PAYLOADS.get(kind, {}), lacks: None}
    with pytest.raises(psycopg.errors.CheckViolation):
        add_message(db, member.id, own, kind=kind, **columns)
    with pytest.raises(Invalid):
        Message(
            id=uuid4(),
            client_message_id=uuid4(),
            role=Role.BOT,
            kind=Kind(kind),
            created_at=datetime.now(UTC),
            **columns,
        )


@pytest.mark.parametrize("payload", [[], "chips", 1, None])
def test_a_payload_is_an_object(db: Connection[Any], member: Member, payload: Any) -> None:
    own = add_conversation(db, member.id)
    with pytest.raises(psycopg.errors.CheckViolation), db.transaction():
        db.execute(
            "insert into public.chat_messages (user_id, conversation_id, role, kind, payload) "
            "values (%s, %s, 'bot', 'chips', %s)",
            [member.id, own, psycopg.types.json.Jsonb(payload)],
        )
