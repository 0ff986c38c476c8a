"""Questions whose answer could depend on somebody else's rows, a line each. No assertions.

`{known}` stands for an id of the stranger's, or for one that nobody has: a member must not be able to tell which.
"""

from typing import Any

from tests.web.attacks import Ask


def _get(path: str, select: str = "*", /, **params: str) -> Ask:
    return Ask("GET", path, {"select": select, **params})


def _rpc(function: str, **arguments: Any) -> Ask:
    return Ask("POST", f"/rpc/{function}", body=arguments)


def _message(**columns: Any) -> Ask:
    said = {"conversation_id": "{own}", "role": "user", "kind": "text", "content": "안녕", "client_message_id": "{new}"}
    return Ask("POST", "/chat_messages", body={**said, **columns})


_PLANNED, _ESTIMATED = {"Prefer": "count=planned"}, {"Prefer": "count=estimated"}

# Answered, or refused, in the same words for what a stranger has and for what nobody has.
ALIKE: dict[str, Ask] = {
    "messages of a conversation": _get("/chat_messages", conversation_id="eq.{conversation}"),
    "a message": _get("/chat_messages", id="eq.{message}"),
    "a message by what its sender called it": _get("/chat_messages", client_message_id="eq.{client}"),
    "messages of an owner": _get("/chat_messages", user_id="eq.{user}"),
    "messages in another order": _get("/chat_messages", conversation_id="eq.{conversation}", order="id", limit="1"),
    "messages by answer": _get("/chat_messages", conversation_id="eq.{conversation}", order="in_reply_to", limit="1"),
    "messages by text": _get("/chat_messages", conversation_id="eq.{conversation}", content="gte.남의"),
    "a conversation": _get("/chat_conversations", id="eq.{conversation}"),
    "a conversation with its messages": _get(
        "/chat_conversations", "id,chat_messages!chat_messages_owner_fkey(count)", id="eq.{conversation}"
    ),
    "conversations in the view": _get("/chat_conversation_summaries", id="eq.{conversation}"),
    "a marker": _get("/chat_conversation_reads", conversation_id="eq.{conversation}"),
    "an inquiry": _get("/chat_inquiries", id="eq.{inquiry}"),
    "an inquiry of a message": _get("/chat_inquiries", message_id="eq.{message}"),
    "counted exactly": Ask(
        "GET", "/chat_messages", {"conversation_id": "eq.{conversation}"}, None, {"Prefer": "count=exact"}
    ),
    "counted by the planner": Ask("GET", "/chat_messages", {"conversation_id": "eq.{conversation}"}, None, _PLANNED),
    "counted by estimate": Ask("GET", "/chat_messages", {"user_id": "eq.{user}"}, None, _ESTIMATED),
    "counted without rows": Ask("HEAD", "/chat_messages", {"conversation_id": "eq.{conversation}"}, None, _PLANNED),
    "the plan": Ask(
        "GET", "/chat_messages", {"conversation_id": "eq.{conversation}"}, None,
        {"Accept": "application/vnd.pgrst.plan+json"},
    ),
    "page": _rpc("chat_page", p_conversation_id="{conversation}"),
    "what changed": _rpc("chat_changed", p_conversation_id="{conversation}", p_after_rev=0),
    "turn": _rpc("chat_turn", p_conversation_id="{conversation}"),
    "turn of a message": _rpc("chat_turn", p_conversation_id="{own}", p_message_id="{message}"),
    "preview": _rpc(
        "chat_preview", p_conversation_id="{conversation}", p_client_message_id="{client}", p_in_reply_to="{message}"
    ),
    "preview of an answer": _rpc(
        "chat_preview", p_conversation_id="{own}", p_client_message_id="{client}", p_in_reply_to="{message}"
    ),
    "mark": _rpc("chat_mark_read", p_conversation_id="{conversation}"),
    "mark up to": _rpc("chat_mark_read", p_conversation_id="{own}", p_up_to_message_id="{message}"),
    "marker by insert": Ask("POST", "/chat_conversation_reads", body={"conversation_id": "{conversation}"}),
    "send": _rpc("chat_send", p_conversation_id="{conversation}", p_client_message_id="{client}", p_content="안녕"),
    "answer": _rpc(
        "chat_send", p_conversation_id="{own}", p_client_message_id="{new}", p_in_reply_to="{message}",
        p_event={"type": "chip", "chip_id": "yes"},
    ),
    "insert": _message(conversation_id="{conversation}", client_message_id="{client}"),
    "insert an answer": _message(in_reply_to="{message}", event={"type": "chip"}),
    # One that fails late, after the unique keys: the owner is looked at first.
    "insert nonsense": _message(conversation_id="{conversation}", content="", role="bot"),
}  # fmt: skip

# Refused to a member whatever is asked for: what Postgres keeps for itself, and what it thinks of everybody's rows.
CLOSED: dict[str, Ask] = {
    **{
        f"{column} of {table}": _get(f"/{table}", column)
        for table in (
            "chat_conversations", "chat_messages", "chat_conversation_reads", "chat_inquiries", "chat_flows",
        )
        for column in ("xmin", "ctid", "cmin", "xmax", "tableoid")
    },
    "ordered by xmin": _get("/chat_messages", order="xmin"),
    "filtered by ctid": _get("/chat_messages", ctid="eq.(0,1)"),
    "count=planned": Ask("GET", "/chat_messages", {}, None, _PLANNED),
    "count=estimated": Ask("GET", "/chat_messages", {}, None, _ESTIMATED),
    "count among other wishes": Ask("GET", "/chat_messages", {}, None, {"Prefer": "return=minimal, count=planned"}),
    "count in capitals": Ask("GET", "/chat_conversations", {}, None, {"PREFER": "COUNT=planned, count=planned"}),
    "count of flows": Ask("GET", "/chat_flows", {}, None, _ESTIMATED),
    "count of the view": Ask("GET", "/chat_conversation_summaries", {}, None, _PLANNED),
    "plan as text": Ask("GET", "/chat_messages", {}, None, {"Accept": "application/vnd.pgrst.plan"}),
    "plan of a function": Ask("POST", "/rpc/chat_list", {}, {}, {"Accept": "application/vnd.pgrst.plan+json"}),
}  # fmt: skip
