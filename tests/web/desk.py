"""The operators' API as their screen uses it, operators for tests, and every call of it as a line. No assertions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from psycopg import Connection

from tests.db.channels import add_channel, add_contact
from tests.db.chats import add_message, add_row, new_id
from tests.stack import Member
from tests.web.chat import Answer, Api, Chat
from tests.words import a_word

INBOX = "/inbox"
INQUIRY = {"flow_version": "-", "step_id": "write", "values": {"name": "김하늘"}}


def add_operator(db: Connection[Any], member: Member | str, role: str = "agent", **columns: Any) -> str:
    """Take an account into the team and return the operator's id."""
    user_id = member if isinstance(member, str) else member.id
    row = {"user_id": user_id, "display_name": f"상담원 {a_word()}", "role": role, **columns}
    return str(add_row(db, "chat_operators", row)["id"])


def tomorrow() -> str:
    """A moment to snooze until."""
    return (datetime.now(UTC) + timedelta(days=1)).isoformat().replace("+00:00", "Z")


class Desk(Api):
    """The API for one operator."""

    def inbox(self, method: str, path: str, body: Any = None, **query: Any) -> Answer:
        """Send one request to a path of the inbox."""
        return self.call(method, INBOX + path, body, **query)

    def find(self, view: str = "all", **query: Any) -> Answer:
        """Read a page of a view."""
        return self.inbox("GET", "/conversations", view=view, **query)

    def show(self, conversation: str) -> dict[str, Any]:
        """Return a conversation as its list shows it."""
        shown: dict[str, Any] = self.inbox("GET", f"/conversations/{conversation}").body["conversation"]
        return shown

    def rev(self, conversation: str) -> int:
        """Return what `ifRev` has to be."""
        return int(self.show(conversation)["rev"])

    def said(self, conversation: str, **query: Any) -> Answer:
        """Read a page of messages."""
        return self.inbox("GET", f"/conversations/{conversation}/messages", **query)

    def reply(
        self, conversation: str, content: str = "안녕하세요", client_id: str | None = None, **more: Any
    ) -> Answer:
        """Write to the customer."""
        body = {"clientMessageId": client_id or new_id(), "content": content, **more}
        return self.inbox("POST", f"/conversations/{conversation}/messages", body)

    def claim(self, conversation: str, **body: Any) -> Answer:
        """Take a conversation."""
        return self.inbox("POST", f"/conversations/{conversation}/claim", body or None)

    def change(self, conversation: str, **changes: Any) -> Answer:
        """Change a conversation from the state that it is in now, unless `ifRev` says from which."""
        if {"assigneeId", "handling", "status"} & changes.keys() and "ifRev" not in changes:
            changes["ifRev"] = self.rev(conversation)
        return self.inbox("PATCH", f"/conversations/{conversation}", changes)

    def note(self, conversation: str, content: str = "메모", client_id: str | None = None) -> Answer:
        """Write a note."""
        body = {"clientNoteId": client_id or new_id(), "content": content}
        return self.inbox("POST", f"/conversations/{conversation}/notes", body)


@dataclass(frozen=True)
class Call:
    """A call of the inbox; `{conversation}` and the like in it stand for things that there are."""

    method: str
    path: str
    body: Any = None
    status: int = 200
    query: Mapping[str, str] = field(default_factory=dict)
    is_for_admins: bool = False
    # What it asks of the database.
    asks: tuple[str, ...] = ()
    # A body that is not valid, where there is a body.
    wrong: Any = None

    def filled(self, ids: Mapping[str, Any]) -> Call:
        """Return it with things in their places."""
        return Call(
            self.method, _filled(self.path, ids), _filled(self.body, ids), self.status, self.query,
            self.is_for_admins, self.asks, self.wrong,
        )  # fmt: skip


def _filled(node: Any, ids: Mapping[str, Any]) -> Any:
    if isinstance(node, dict):
        return {name: _filled(value, ids) for name, value in node.items()}
    if isinstance(node, list):
        return [_filled(one, ids) for one in node]
    if not isinstance(node, str):
        return node
    if node in {f"{{{name}}}" for name in ids}:
        return ids[node[1:-1]]
    for name, value in ids.items():
        node = node.replace("{" + name + "}", str(value))
    return node


_AT = "/conversations/{conversation}"
_TRY = {"question": "?", "locale": "ko", "audience": "all", "settings": {}, "found": [], "found_milliseconds": 1.0}
_NO_NAME = {"name": ""}
# By endpoint; a call that is not here fails a test.
CALLS: dict[str, Call] = {
    "inbox_me.who_am_i": Call("GET", "/me", asks=("inbox_me",)),
    "inbox_me.be_available": Call(
        "PUT", "/me/availability", {"availability": "online"}, asks=("inbox_available",), wrong={"availability": "?"}
    ),
    "inbox_me.look_at": Call(
        "PUT", "/presence", {"conversationId": "{conversation}"}, 204, asks=("inbox_look",), wrong={}
    ),
    "inbox_conversations.find_conversations": Call(
        "GET", "/conversations", query={"view": "waiting", "limit": "1"}, asks=("inbox_list",)
    ),
    "inbox_conversations.show_conversation": Call("GET", _AT, asks=("inbox_conversation",)),
    "inbox_conversations.page_of_messages": Call("GET", f"{_AT}/messages", asks=("inbox_messages",)),
    "inbox_conversations.write_message": Call(
        "POST", f"{_AT}/messages", {"clientMessageId": "{new}", "content": "안녕하세요"}, 201, asks=("inbox_reply",),
        wrong={"content": ""},
    ),
    "inbox_conversations.claim": Call("POST", f"{_AT}/claim", {}, asks=("inbox_claim",), wrong={"ifRev": "1"}),
    "inbox_conversations.change_conversation": Call(
        "PATCH", _AT, {"priority": "high"}, asks=("inbox_change",), wrong={"priority": "?"}
    ),
    "inbox_conversations.tell_team_typing": Call(
        "PUT", f"{_AT}/typing", {"isTyping": True}, 204, asks=("inbox_type",), wrong={"isTyping": 1}
    ),
    "inbox_conversations.read_changes": Call("GET", "/changes", asks=("inbox_changes",)),
    "inbox_notes.add_note": Call(
        "POST", f"{_AT}/notes", {"clientNoteId": "{new}", "content": "메모"}, 201, asks=("inbox_add_note",),
        wrong={"content": ""},
    ),
    "inbox_notes.edit_note": Call(
        "PATCH", "/notes/{note}", {"content": "고친 메모"}, asks=("inbox_edit_note",), wrong={"content": " "}
    ),
    "inbox_notes.delete_note": Call("DELETE", "/notes/{note}", None, 204, asks=("inbox_delete_note",)),
    "inbox_settings.list_operators": Call("GET", "/operators", asks=("inbox_operators",)),
    "inbox_settings.add_operator": Call(
        "POST", "/operators", {"userId": "{account}", "displayName": "새 상담원"}, 201, is_for_admins=True,
        asks=("inbox_save_operator",), wrong={"displayName": ""},
    ),
    "inbox_settings.change_operator": Call(
        "PATCH", "/operators/{colleague}", {"displayName": "다른 이름"}, is_for_admins=True,
        asks=("inbox_save_operator",), wrong={"displayName": ""},
    ),
    "inbox_settings.list_labels": Call("GET", "/labels", asks=("inbox_labels",)),
    "inbox_settings.add_label": Call(
        "POST", "/labels", {"name": "{word}", "color": "#00aa33"}, 201, is_for_admins=True,
        asks=("inbox_save_label",), wrong=_NO_NAME,
    ),
    "inbox_settings.change_label": Call(
        "PATCH", "/labels/{label}", {"color": "#112233"}, is_for_admins=True, asks=("inbox_save_label",),
        wrong=_NO_NAME,
    ),
    "inbox_settings.delete_label": Call(
        "DELETE", "/labels/{label}", None, 204, is_for_admins=True, asks=("inbox_delete_label",)
    ),
    "inbox_settings.list_canned_replies": Call("GET", "/canned-replies", asks=("inbox_canned_replies",)),
    "inbox_settings.add_canned_reply": Call(
        "POST", "/canned-replies", {"shortcut": "{word}", "content": "곧 답해 드릴게요."}, 201,
        asks=("inbox_save_canned_reply",), wrong={"shortcut": "a b"},
    ),
    "inbox_settings.change_canned_reply": Call(
        "PATCH", "/canned-replies/{canned}", {"content": "다른 말"}, asks=("inbox_save_canned_reply",),
        wrong={"content": ""},
    ),
    "inbox_settings.delete_canned_reply": Call(
        "DELETE", "/canned-replies/{canned}", None, 204, asks=("inbox_delete_canned_reply",)
    ),
    "inbox_settings.read_hours": Call("GET", "/hours", asks=("inbox_hours",)),
    "inbox_settings.save_hours": Call(
        "PUT", "/hours", {"alwaysOpen": True}, is_for_admins=True, asks=("inbox_save_hours",),
        wrong={"timeZone": "Nowhere"},
    ),
    "inbox_settings.preview_hours": Call(
        "POST", "/hours/preview", {"alwaysOpen": True}, asks=("inbox_hours",), wrong={"timeZone": "Nowhere"}
    ),
    "inbox_audit.read_audit": Call("GET", "/audit", query={"limit": "2"}, is_for_admins=True, asks=("inbox_audit",)),
    "inbox_search.find_anything": Call(
        "GET", "/search", query={"q": "환불", "status": "open", "sort": "best", "limit": "2"}, asks=("inbox_search",)
    ),
    "inbox_inquiries.find_inquiries": Call(
        "GET", "/inquiries", query={"q": "없는 말", "status": "new"}, asks=("chat_operator_inquiries",)
    ),
    "inbox_inquiries.mark_inquiry": Call(
        "PATCH", "/inquiries/{inquiry}", {"status": "done"}, asks=("chat_operator_mark",), wrong={"status": "gone"}
    ),
    "inbox_inquiries.export_inquiries": Call(
        "GET", "/inquiries.csv", query={"q": "없는 말"}, asks=("chat_operator_inquiries",)
    ),
    "inbox_inquiries.read_today": Call("GET", "/today", asks=("chat_operator_day",)),
    "inbox_figures.read_figures": Call("GET", "/figures", asks=("inbox_kept_hours", "inbox_figures")),
    "inbox_figures.export_figures": Call("GET", "/figures.csv", asks=("inbox_kept_hours", "inbox_figures")),
    "inbox_channels.list_channels": Call("GET", "/channels", asks=("inbox_channels",)),
    "inbox_channels.add_channel": Call(
        "POST", "/channels", {"name": "{word}", "singleThread": True}, 201, is_for_admins=True,
        asks=("inbox_save_channel",), wrong=_NO_NAME,
    ),
    "inbox_channels.change_channel": Call(
        "PATCH", "/channels/{channel}", {"name": "{word}"}, is_for_admins=True, asks=("inbox_save_channel",),
        wrong=_NO_NAME,
    ),
    "inbox_channels.delete_channel": Call(
        "DELETE", "/channels/{channel}", None, 204, is_for_admins=True, asks=("inbox_delete_channel",)
    ),
    "inbox_channels.renew_key": Call(
        "POST", "/channels/{channel}/key", None, 201, is_for_admins=True, asks=("inbox_save_channel",)
    ),
    "inbox_channels.revoke_key": Call(
        "DELETE", "/channels/{channel}/key", None, 204, is_for_admins=True, asks=("inbox_save_channel",)
    ),
    "inbox_channels.retry_message": Call(
        "POST", "/conversations/{outgoing}/messages/{sent}/retry", None, 202, asks=("inbox_retry",)
    ),
    "inbox_assistant.read_assistant": Call("GET", "/assistant", asks=("inbox_assistant",)),
    "inbox_assistant.save_assistant": Call(
        "PUT", "/assistant", {"mode": "extractive"}, is_for_admins=True, asks=("inbox_save_assistant",),
        wrong={"mode": "x", "tone": 1, "allowedLinks": "x"},
    ),
    "inbox_assistant.page_assistant_versions": Call(
        "GET", "/assistant/versions", is_for_admins=True, asks=("inbox_assistant_versions",)
    ),
    "inbox_assistant.restore_assistant_version": Call(
        "POST", "/assistant/versions/{version}/restore", is_for_admins=True, asks=("inbox_restore_assistant",),
        wrong={"ifVersion": "1"},
    ),
    "inbox_assistant.try_assistant": Call(
        "POST", "/assistant/try", {"question": "환불은 언제 되나요?"},
        is_for_admins=True, asks=("inbox_try_assistant",),
        wrong={"question": "", "locale": "fr", "audience": "x"},
    ),
    "inbox_assistant.read_try": Call("GET", "/assistant/try/{try}", is_for_admins=True, asks=("inbox_assistant_try",)),
    "inbox_assistant.page_answers": Call(
        "GET", "/assistant/answers", query={"outcome": "answered", "days": "7"}, asks=("inbox_answers",)
    ),
    "inbox_rules.list_rules": Call("GET", "/rules", is_for_admins=True, asks=("inbox_rules",)),
    "inbox_rules.add_rule": Call(
        "POST", "/rules", {"name": "{word}", "on": ["note.created"], "then": [{"type": "unassign"}], "isActive": False},
        201, is_for_admins=True, asks=("inbox_save_rule",), wrong={"name": "", "when": {}, "then": []},
    ),
    "inbox_rules.order_rules": Call(
        "PUT", "/rules/order", {"ruleIds": ["{rule}"]}, is_for_admins=True, asks=("inbox_order_rules",),
        wrong={"ruleIds": 1},
    ),
    "inbox_rules.change_rule": Call(
        "PATCH", "/rules/{rule}", {"when": {"field": "page.url", "op": "present"}}, is_for_admins=True,
        asks=("inbox_save_rule",), wrong={"then": []},
    ),
    "inbox_rules.delete_rule": Call(
        "DELETE", "/rules/{rule}", None, 204, is_for_admins=True, asks=("inbox_delete_rule",)
    ),
    "inbox_rules.page_runs": Call("GET", "/rules/{rule}/runs", is_for_admins=True, asks=("inbox_rule_runs",)),
    "inbox_rules.try_rule": Call(
        "POST", "/rules/{rule}/try", {"conversationId": "{conversation}"}, is_for_admins=True,
        asks=("inbox_rule_facts", "inbox_try_rule"), wrong={"conversationId": 1},
    ),
    "inbox_webhooks.list_webhooks": Call("GET", "/webhooks", is_for_admins=True, asks=("inbox_webhooks",)),
    "inbox_webhooks.add_webhook": Call(
        "POST", "/webhooks", {"url": "https://8.8.8.8/{word}", "types": []}, 201, is_for_admins=True,
        asks=("inbox_save_webhook",), wrong={"url": 1},
    ),
    "inbox_webhooks.change_webhook": Call(
        "PATCH", "/webhooks/{webhook}", {"isActive": False}, is_for_admins=True, asks=("inbox_save_webhook",),
        wrong={"isActive": 1},
    ),
    "inbox_webhooks.delete_webhook": Call(
        "DELETE", "/webhooks/{webhook}", None, 204, is_for_admins=True, asks=("inbox_delete_webhook",)
    ),
    "inbox_webhooks.rotate_secret": Call(
        "POST", "/webhooks/{webhook}/rotate", is_for_admins=True, asks=("inbox_rotate_webhook",)
    ),
    "inbox_webhooks.test_webhook": Call(
        "POST", "/webhooks/{webhook}/test", None, 202, is_for_admins=True, asks=("inbox_test_webhook",)
    ),
    "inbox_webhooks.list_deliveries": Call(
        "GET", "/webhooks/{webhook}/deliveries", query={"limit": "1"}, is_for_admins=True, asks=("inbox_deliveries",)
    ),
    "inbox_webhooks.resend_delivery": Call(
        "POST", "/deliveries/{delivery}/resend", None, 202, is_for_admins=True, asks=("inbox_resend_delivery",)
    ),
    "inbox_jobs.list_jobs": Call("GET", "/jobs", query={"limit": "1"}, is_for_admins=True, asks=("inbox_jobs",)),
    "inbox_jobs.retry_job": Call(
        "POST", "/jobs/{job}/retry", None, 204, is_for_admins=True, asks=("inbox_retry_job",)
    ),
    "inbox_jobs.drop_job": Call("DELETE", "/jobs/{job}", None, 204, is_for_admins=True, asks=("inbox_drop_job",)),
    "inbox_transcripts.export_transcripts": Call(
        "GET", "/export", query={"from": "2999-01-01T00:00:00Z"}, is_for_admins=True, asks=("inbox_export",)
    ),
}  # fmt: skip


# Of what happens to nobody, and off.
_RULE = {"types": "{note.edited}", "is_active": False, "actions": [{"type": "unassign"}]}


def things(db: Connection[Any], chat: Chat, operator_id: str, colleague: str, account: str) -> dict[str, Any]:
    """Things that the calls are about: a note of the operator's in `chat`, a label, a canned reply, a rule, a webhook …

    Nothing is ever told to the webhook, and nobody works the job.
    """
    note = {
        "conversation_id": chat.id,
        "operator_id": operator_id,
        "client_note_id": new_id(),
        "content": "메모",
    }
    webhook = add_row(db, "chat_webhooks", {"url": f"https://8.8.8.8/{new_id()}", "secret": "-"})["id"]
    return {
        **_channel_of(db),
        "conversation": chat.id,
        "webhook": str(webhook),
        "delivery": str(add_row(db, "chat_deliveries", {"webhook_id": webhook, "type": "webhook.test"})["id"]),
        "job": str(add_row(db, "chat_jobs", {"kind": "try", "state": "dead"})["id"]),
        "note": str(add_row(db, "chat_notes", note)["id"]),
        "label": add_row(db, "chat_labels", {"name": f"환불-{a_word()}", "color": "#00aa33"})["name"],
        "canned": str(
            add_row(db, "chat_canned_replies", {"shortcut": f"hi-{a_word()}", "content": "안녕하세요"})["id"]
        ),
        "inquiry": str(add_row(db, "chat_inquiries", INQUIRY | {"client_inquiry_id": new_id()})["id"]),
        "version": "1",
        "try": str(add_row(db, "kb_tries", {"operator_id": operator_id, **_TRY})["id"]),
        "rule": str(add_row(db, "chat_rules", {**_RULE, "name": f"규칙-{a_word()}"})["id"]),
        "colleague": colleague,
        "account": account,
        "word": f"w{a_word()}",
        "new": new_id(),
    }


def _channel_of(db: Connection[Any]) -> dict[str, str]:
    """A channel, and a conversation in it with a message that was sent."""
    channel, _ = add_channel(db)
    contact, outgoing = add_contact(db, channel)
    sent = add_message(db, contact, outgoing, role="system", author={"name": "상담원", "avatarUrl": None})["id"]
    return {"channel": channel, "outgoing": outgoing, "sent": str(sent)}


def desk_state(db: Connection[Any], conversation: str) -> list[Any]:
    """Every row that a call about a conversation or the team could change."""
    of_it = ("messages", "desk", "notes", "conversation_labels", "activities", "typing")
    of_all = ("operators", "labels", "team", "canned_replies", "presence", "inquiries")
    of_all = (
        "operators", "labels", "team", "canned_replies", "presence", "rules", "webhooks", "deliveries", "jobs",
        "channels",
    )  # fmt: skip
    rows = [
        "select c::text from the_conversation c",
        "select p::text from public.chat_contacts p where id = (select c.user_id from the_conversation c)",
        "select count(*)::text from public.chat_activities where conversation_id is null",
        *(f"select t::text from public.chat_{table} t where conversation_id = %(key)s" for table in of_it),
        *(f"select t::text from public.chat_{table} t" for table in of_all),
        *(f"select t::text from public.kb_{table} t" for table in ("assistant", "assistant_told", "tries")),
    ]
    the_conversation = "with the_conversation as (select * from public.chat_conversations where id = %(key)s) "
    return db.execute(the_conversation + " union all ".join(rows) + " order by 1", {"key": conversation}).fetchall()
