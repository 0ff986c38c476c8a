"""A message says what its role may say, and never nothing. (All pairs, against the database too: tests/db.)"""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from service.core.errors import Invalid
from service.dialogue.message import Kind, Message, Role

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def say(role: Role, kind: Kind, content: str | None = None, payload: dict[str, object] | None = None) -> Message:
    key = uuid4()
    return Message(
        id=key, client_message_id=key, role=role, kind=kind, created_at=NOW, content=content, payload=payload
    )


def test_chips_may_have_a_summary() -> None:
    assert say(Role.BOT, Kind.CHIPS, "고르세요", {"chips": []}).content == "고르세요"


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.NOTICE])
def test_a_text_needs_content(kind: Kind) -> None:
    with pytest.raises(Invalid):
        say(Role.BOT, kind, None, {"chips": []})


@pytest.mark.parametrize("kind", [Kind.CHIPS, Kind.FORM])
def test_a_question_needs_a_payload(kind: Kind) -> None:
    with pytest.raises(Invalid):
        say(Role.BOT, kind, "text")


def test_a_user_says_text_only() -> None:
    with pytest.raises(Invalid):
        say(Role.USER, Kind.CHIPS, None, {"chips": []})
