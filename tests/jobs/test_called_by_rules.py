"""A rule has a webhook told: of what set it off, whatever the webhook listens to, once."""

from collections.abc import Iterator
from typing import Any

import pytest
from psycopg import Connection

from service.jobs.worker import Worker
from tests.concurrency import until
from tests.jobs.conftest import Hook, Place
from tests.jobs.receiving import Receiver
from tests.web.desk import Desk
from tests.words import a_word


@pytest.fixture
def rule(admin: Desk, hook: Hook, request: pytest.FixtureRequest) -> Iterator[str]:
    """A rule that calls the webhook."""
    body = {"name": f"부르기 {a_word()}", "then": [{"type": "callWebhook", "webhookId": hook.id}], **request.param}
    made = admin.inbox("POST", "/rules", body)
    assert made.status == 201, made.body
    yield made.body["id"]
    admin.inbox("DELETE", f"/rules/{made.body['id']}")


WAITS = {"field": "conversation.waiting", "op": "olderThan", "value": 400_000}


@pytest.mark.parametrize(("rule", "told"), [
    ({"on": ["conversation.completed"]}, "conversation.completed"),
    ({"when": WAITS}, "rule.ran"),
], indirect=["rule"])  # fmt: skip
def test_a_rule_has_a_webhook_told(
    admin: Desk,
    hook: Hook,
    place: Place,
    receiver: Receiver,
    worker: Worker,
    root: Connection[Any],
    rule: str,
    told: str,
) -> None:
    if told == "rule.ran":
        admin.change(place.id, handling="waiting")
        root.execute(
            "update public.chat_desk set waiting_since = now() - interval '300 days' where conversation_id = %s",
            [place.id],
        )
    else:
        admin.change(place.id, status="completed")

    def sent() -> list[str]:
        return [one.event["data"]["conversationId"] for one in receiver.got if one.event["type"] == told]

    def is_told() -> bool:
        # As if a minute had gone by: what a tick does not come to, the next one does.
        root.execute("delete from public.chat_ticks where name = 'rules'")
        worker.drain()
        return bool(sent())

    until(is_told)
    is_told()
    assert sent() == [place.id]
    runs = admin.inbox("GET", f"/rules/{rule}/runs").body["runs"]
    assert [one["actions"] for one in runs] == [[{"type": "callWebhook", "status": "done", "error": None}]]
