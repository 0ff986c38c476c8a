"""How rules are kept, and tried."""

from typing import Any

from psycopg import Connection

from tests.db.chats import everything, new_id
from tests.web.chat import Chat
from tests.web.desk import Desk
from tests.web.rules.keeping import Rules, newest, said


def test_a_try_says_what_would_happen_and_does_nothing(
    rules: Rules, desk: Desk, chat: Chat, root: Connection[Any], label: str
) -> None:
    rule = rules.save(
        [
            {"type": "addLabel", "label": label}, {"type": "handOver"}, {"type": "complete"},
            {"type": "sendMessage", "content": "끝"},
        ],
        on=["message.created"], isActive=False,
        when={"all": [said("배송"), {"not": {"field": "contact.email", "op": "contains", "value": "@nobody"}}]},
    )  # fmt: skip
    chat.write("배송 문의예요")
    chat.write("배송이요, 배송")
    before = everything(root)
    tried = desk.inbox("POST", f"/rules/{rule}/try", {"conversationId": chat.id})
    assert everything(root) == before
    # The newest message is the bot's.
    assert (tried.status, tried.body["matches"]) == (200, False)
    assert [(one["place"], one["holds"]) for one in tried.body["conditions"]] == [
        ("when", False), ("when.all.0", False), ("when.all.1", True), ("when.all.1.not", False),
    ]  # fmt: skip
    assert {one["status"] for one in tried.body["actions"]} == {"skipped"}

    rules.change(rule, when=None)
    before = everything(root)
    tried = desk.inbox("POST", f"/rules/{rule}/try", {"conversationId": chat.id}).body
    assert everything(root) == before
    assert tried["activityId"] == newest(root, chat.id, "message.created")
    assert [(one["type"], one["status"], one["error"]) for one in tried["actions"]] == [
        ("addLabel", "done", None), ("handOver", "done", None), ("complete", "done", None),
        ("sendMessage", "failed", "conversation_completed"),
    ]  # fmt: skip
    # And so it is.
    rules.change(rule, isActive=True, on=["note.created"])
    desk.note(chat.id)
    rules.run()
    assert rules.outcomes(rule, chat.id) == [("partial", [None, None, None, "conversation_completed"])]


def test_rules_are_kept_by_admins(rules: Rules, desk: Desk, root: Connection[Any], label: str) -> None:
    rule = rules.save([{"type": "addLabel", "label": label}], name=f"{label} 규칙", on=["message.created"])
    body = {"name": f"{label} 규칙", "on": ["message.created"], "then": [{"type": "addLabel", "label": label}]}
    again = desk.inbox("POST", "/rules", body)
    assert (again.status, again.body["id"]) == (200, rule)
    assert errors(desk.inbox("POST", "/rules", {**body, "on": ["note.created"]})) == ["name"]
    for then, place in (
        ([{"type": "addLabel", "label": "없는 라벨"}], "then.0.label"),
        ([{"type": "complete"}, {"type": "assign", "operatorId": new_id()}], "then.1.operatorId"),
        ([{"type": "callWebhook", "webhookId": new_id()}], "then.0.webhookId"),
    ):
        assert errors(rules.change(rule, then=then)) == [place]
    assert errors(rules.change(rule, on=[])) == ["on"]
    listens = "select type from public.chat_listeners where rule_id = %s order by 1"
    assert root.execute(listens, [rule]).fetchall() == [("message.created",)]
    assert rules.change(rule, isActive=False).body["isActive"] is False
    told = root.execute(
        "select data from public.chat_activities where conversation_id is null and data ->> 'id' = %s"
        " order by created_at desc limit 1", [rule],
    ).fetchone()[0]  # fmt: skip
    assert (told["action"], told["changes"]) == ("changed", {"is_active": {"from": True, "to": False}})
    # However long it is.
    assert rules.change(rule, then=[{"type": "addNote", "content": "길" * 16_000}] * 1).status == 200
    assert root.execute(listens, [rule]).fetchall() == []
    assert desk.inbox("DELETE", f"/rules/{rule}").status == 204
    assert desk.inbox("DELETE", f"/rules/{rule}").refusal == (404, "not_found")


def errors(answer: Any) -> list[str]:
    """The places of the faults in a refusal."""
    return [one["field"] for one in answer.body["errors"]] if answer.status == 422 else [str(answer.status)]
