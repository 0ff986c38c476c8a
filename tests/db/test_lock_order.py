"""Who waits for whom: the owner, then what is theirs, as whoever deletes an account or moves a guest's chat does."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from psycopg import Connection

from scripts.local import LocalStack
from tests.concurrency import until
from tests.db.calls import Answered, call, reply, said, turn
from tests.db.channels import CONTACT, add_channel, add_contact
from tests.db.chats import add_conversation, add_message, add_row, new_id
from tests.db.desk import Operator, add_operator
from tests.stack import add_user, connect

WAITING = "select from pg_stat_activity where wait_event_type = 'Lock' and application_name = 'writer'"


def write(db: Connection[Any], what: str, user: str, conversation: str, somebody: Operator, key: str) -> Answered:
    """Do something that writes the conversation's row twice."""
    if what == "bot":
        return reply(db, user, conversation, 0, turn(None, said()))
    if what == "operator":
        params: dict[str, Any] = {"client_message_id": new_id(), "content": "네"}
        return call(db, "inbox_reply", user_id=somebody.user, id=conversation, **params)
    if what == "channel":
        message: dict[str, Any] = {"external_message_id": new_id(), "content": "네"}
        return call(db, "channel_receive", key=key, contact={"external_id": CONTACT}, **message)
    if what == "status":
        sent = add_message(db, user, conversation, role="system")["id"]
        return call(db, "channel_status", key=key, message_id=sent, status="read")
    if what == "rule":
        does = [{"type": "assign", "operatorId": somebody.id}, {"type": "unassign"}]
        rule = add_row(db, "chat_rules", {"name": new_id(), "types": "{x}", "actions": does})
        try:
            params = {"conversation_id": conversation, "activity_id": None, "since": datetime.now(UTC), "rev": 0}
            return call(db, "rule_apply", rule_id=rule["id"], version=1, **params)
        finally:
            db.execute("delete from public.chat_rules where id = %s", [rule["id"]])
    db.execute("update public.chat_conversations set status = 'completed' where id = %s", [conversation])
    params = {"if_rev": 0, "changes": {"status": "open"}}
    return call(db, "inbox_change", user_id=somebody.user, id=conversation, **params)


@pytest.mark.parametrize("what", ["bot", "operator", "change", "channel", "status", "rule"])
def test_who_writes_holds_the_owner_first(stack: LocalStack, root: Connection[Any], what: str) -> None:
    somebody, key = add_operator(root), ""
    if what in {"channel", "status"}:
        channel, key = add_channel(root)
        user, own = add_contact(root, channel)
    else:
        user = add_user(root)
        own = add_conversation(root, user)

    def written() -> Answered:
        with connect(stack, autocommit=True, application_name="writer") as db:
            return write(db, what, user, own, somebody, key)

    with ThreadPoolExecutor(1) as pool, connect(stack) as mover:
        mover.execute("select from public.chat_contacts where id = %s for update", [user])
        answer = pool.submit(written)
        until(lambda: root.execute(WAITING).rowcount == 1)
        # What is theirs is not held by somebody who waits for them.
        mover.execute("select from public.chat_conversations where id = %s for update nowait", [own])
        mover.rollback()
        assert answer.result().code == "ok"
