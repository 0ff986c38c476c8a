"""Attacks as lines: what is asked of PostgREST or of the app, by whom it is no business of. No assertions."""

import base64
import contextlib
import json
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.web.apps import claims, token

RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
OTHER_SECRET = "another-secret-that-nobody-here-has-0123456789-0123456789-0123456789"
# What somebody else wrote. It stands in their rows and must never be seen by anybody else.
SECRET = "남의-비밀-9f3a"
CLIENT = "client_message_id"


@dataclass(frozen=True)
class Ask:
    """A request to PostgREST; `{own}`, `{foreign}` and the like in it stand for ids."""

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def filled(self, ids: Mapping[str, str]) -> "Ask":
        """Return it with the ids in their places."""
        text = json.dumps([self.method, self.path, dict(self.params), self.body, dict(self.headers)])
        for name, value in ids.items():
            text = text.replace("{" + name + "}", value)
        return Ask(*json.loads(text))


def _get(path: str, select: str | None = None, /, **params: str) -> Ask:
    return Ask("GET", path, {**({"select": select} if select else {}), **params})


def _rpc(function: str, **arguments: Any) -> Ask:
    return Ask("POST", f"/rpc/{function}", body=arguments)


def _insert(table: str, rows: Any, wish: str = "", **params: str) -> Ask:
    return Ask("POST", f"/{table}", params, rows, {"Prefer": wish} if wish else {})


def _said(**columns: Any) -> dict[str, Any]:
    said = {"conversation_id": "{own}", "role": "user", "kind": "text", "content": "안녕", CLIENT: "{new}"}
    return {**said, **columns}


_MERGE, _IGNORE = "resolution=merge-duplicates", "resolution=ignore-duplicates"
_HUGE = "가" * 200_000

# What only operators see.
_DESK = (
    "chat_operators", "chat_desk", "chat_notes", "chat_labels", "chat_conversation_labels", "chat_canned_replies",
    "chat_activities", "chat_presence", "chat_gone", "chat_hours", "chat_jobs", "chat_ticks", "chat_webhooks",
    "chat_deliveries", "chat_listeners", "chat_rules", "chat_rule_runs",
    "chat_channels", "chat_channel_threads", "chat_channel_messages",
)  # fmt: skip
# A call for operators, as one of them would be named in it.
_AS_OPERATOR = {
    "inbox_me": {}, "inbox_list": {"p_view": "all"}, "inbox_labels": {}, "inbox_operators": {}, "inbox_hours": {},
    "inbox_kept_hours": {},
    "inbox_changes": {"p_cursor": None}, "inbox_export": {}, "inbox_audit": {}, "chat_operator_inquiries": {},
    "chat_operator_day": {}, "inbox_available": {"p_availability": "online"},
    "inbox_conversation": {"p_id": "{own}"}, "inbox_messages": {"p_id": "{foreign}"}, "inbox_open": {"p_id": "{own}"},
    "inbox_claim": {"p_id": "{own}", "p_if_rev": None},
    "inbox_reply": {"p_id": "{own}", "p_client_message_id": "{new}", "p_content": "네"},
    "inbox_change": {"p_id": "{own}", "p_if_rev": None, "p_changes": {"blocked": True}},
    "inbox_add_note": {"p_id": "{own}", "p_client_note_id": "{new}", "p_content": "메모"},
    "inbox_save_operator": {"p_id": None, "p_values": {"user_id": "{member}", "display_name": "나", "role": "admin"}},
    "inbox_save_label": {"p_name": None, "p_values": {"name": "라벨"}},
    "inbox_channels": {}, "inbox_save_channel": {"p_id": None, "p_values": {"name": "나", "key_digest": "a" * 64}},
    "inbox_delete_channel": {"p_id": "{missing}"}, "inbox_retry": {"p_id": "{own}", "p_message_id": "{own_message}"},
    "inbox_rules": {}, "inbox_delete_rule": {"p_id": "{own}"}, "inbox_rule_runs": {"p_id": "{own}"},
    "inbox_save_rule": {"p_id": None, "p_values": {"name": "규칙", "types": ["message.created"], "actions": []}},
    "inbox_rule_facts": {"p_id": "{own}", "p_conversation_id": "{foreign}"},
    "inbox_webhooks": {}, "inbox_jobs": {}, "inbox_deliveries": {"p_id": "{own}"},
    "inbox_save_webhook": {"p_id": None, "p_values": {"url": "https://8.8.8.8/", "types": ["message.created"]}},
    "operator_grant": {"p_role": "admin", "p_name": "나"}, "operator_revoke": {},
}  # fmt: skip

# Reading what is hidden: whatever the status is below 500, nothing of somebody else may be in the answer.
READS: dict[str, Ask] = {
    "embed messages": _get("/chat_conversations", "id,chat_messages!chat_messages_owner_fkey(*)"),
    "embed messages inner": _get("/chat_conversations", "id,chat_messages!chat_messages_owner_fkey!inner(content)"),
    "embed upwards": _get("/chat_messages", "id,chat_conversations!chat_messages_owner_fkey(*)"),
    "embed markers": _get("/chat_conversations", "id,chat_conversation_reads(*)"),
    "embed inquiries": _get("/chat_conversations", "id,chat_inquiries(*)"),
    "embed inquiries of messages": _get("/chat_messages", "id,chat_inquiries(*)"),
    "embed questions": _get("/chat_messages", "id,chat_messages!chat_messages_reply_fkey(*)"),
    "embed flows": _get("/chat_conversations", "id,chat_flows(*)"),
    "embed spread": _get("/chat_messages", "id,...chat_conversations!chat_messages_owner_fkey(user_id,state)"),
    "embed accounts": _get("/chat_conversations", "id,users(*)"),
    "embed accounts by key": _get("/chat_conversations", "id,users!chat_conversations_user_id_fkey(email)"),
    "embed accounts by column": _get("/chat_messages", "id,user_id(email)"),
    "foreign by id": _get("/chat_messages", conversation_id="eq.{foreign}"),
    "foreign by list": _get("/chat_messages", conversation_id="in.({foreign},{own})"),
    "foreign by or": _get("/chat_messages", **{"or": "(conversation_id.eq.{foreign},user_id.eq.{stranger})"}),
    "foreign by not": _get("/chat_messages", conversation_id="neq.{own}"),
    "foreign by text": _get("/chat_messages", content=f"like.*{SECRET[:4]}*"),
    "foreign by json path": _get("/chat_inquiries", "values->>title", user_id="eq.{stranger}"),
    "foreign in the view": _get("/chat_conversation_summaries", user_id="eq.{stranger}"),
    "foreign in the view by message": _get("/chat_conversation_summaries", "last_message->>content"),
    "count of foreign": Ask("GET", "/chat_messages", {"user_id": "eq.{stranger}"}, None, {"Prefer": "count=exact"}),
    "aggregate": _get("/chat_messages", "content.max()"),
    "order by foreign": _get("/chat_messages", "id,chat_conversations(user_id)", order="chat_conversations(user_id)"),
    "plan": Ask("GET", "/chat_messages", {}, None, {"Accept": "application/vnd.pgrst.plan+json"}),
    "csv": Ask("GET", "/chat_messages", {}, None, {"Accept": "text/csv"}),
    "sql in a filter": _get("/chat_messages", id="eq.1' or '1'='1"),
    "sql in a column": _get("/chat_messages", "id,(select content from chat_messages)"),
    "sql in a column name": _get("/chat_messages", 'id"; drop table chat_messages; --'),
    "sql in an order": _get("/chat_messages", order="id;drop table chat_messages"),
    "sql in a table": _get("/chat_messages;select 1"),
    "cast to another type": _get("/chat_messages", "content::regclass"),
    "sql in a cast": _get("/chat_messages", "content::text);drop table chat_messages;--"),
    **{
        f"{table} of {schema}": Ask("GET", f"/{table}", {}, None, {"Accept-Profile": schema})
        for schema, table in (
            ("auth", "users"), ("auth", "sessions"), ("auth", "refresh_tokens"), ("private", "place_message"),
            ("pg_catalog", "pg_authid"), ("pg_catalog", "pg_roles"), ("information_schema", "tables"),
            ("supabase_migrations", "schema_migrations"), ("", "chat_messages"), ("public,auth", "users"),
            ('public"', "chat_messages"),
        )
    },
    **{f"{table} of the desk": _get(f"/{table}") for table in _DESK},
    **{f"embed {table}": _get("/chat_conversations", f"id,{table}(*)") for table in _DESK},
    **{f"embed {table} of contacts": _get("/chat_contacts", f"id,{table}(*)") for table in _DESK},
    "attributes of one's own contact": _get("/chat_contacts", "attributes"),
    "note by a filter": _get("/chat_conversations", "id", **{"chat_notes.content": f"like.{SECRET[:3]}*"}),
    "note by an order": _get("/chat_conversations", "id", order="chat_notes(content)"),
    **{f"{table} plainly": _get(f"/{table}") for table in ("users", "auth.users", "pg_authid", "schema_migrations")},
}  # fmt: skip

# Writing what is not one's own: each is refused with a 4xx, and no row anywhere is another one.
WRITES: dict[str, Ask] = {
    "bulk with somebody else's": _insert("chat_messages", [_said(), _said(conversation_id="{foreign}")]),
    "bulk with a missing one": _insert("chat_messages", [_said(), _said(conversation_id="{missing}")]),
    "bulk with an empty one": _insert("chat_messages", [_said(), _said(content="")]),
    "bulk with a bot": _insert("chat_messages", [_said(), _said(role="bot")]),
    "bulk with a huge one": _insert("chat_messages", [_said(), _said(content="가" * 4001)]),
    "bulk with uneven keys": _insert("chat_messages", [_said(), {"role": "user"}]),
    "bulk with no object": _insert("chat_messages", [_said(), 7]),
    "bulk of foreign, missing=default": _insert(
        "chat_messages", [_said(), _said(conversation_id="{foreign}")], "missing=default"
    ),
    "markers with a foreign one": _insert(
        "chat_conversation_reads", [{"conversation_id": "{unread}"}, {"conversation_id": "{foreign}"}]
    ),
    "a marker under another name": _insert(
        "chat_conversation_reads", {"conversation_id": "{foreign}", "user_id": "{stranger}"}
    ),
    "a marker of one's own under another name": _insert(
        "chat_conversation_reads", {"conversation_id": "{unread}", "user_id": "{stranger}"}
    ),
    "a marker merged into a foreign one": _insert(
        "chat_conversation_reads", {"conversation_id": "{foreign}", "last_read_seq": 9}, _MERGE
    ),
    "a marker moved elsewhere": Ask(
        "PATCH", "/chat_conversation_reads", {"conversation_id": "eq.{own}"}, {"conversation_id": "{foreign}"}
    ),
    "a marker given away": Ask(
        "PATCH", "/chat_conversation_reads", {"conversation_id": "eq.{own}"}, {"user_id": "{stranger}"}
    ),
    "a marker's time": Ask(
        "PATCH", "/chat_conversation_reads", {"conversation_id": "eq.{own}"}, {"last_read_at": "2000-01-01"}
    ),
    "a marker deleted": Ask("DELETE", "/chat_conversation_reads", {"conversation_id": "eq.{own}"}),
    "a conversation merged by id": _insert("chat_conversations", {"id": "{foreign}"}, _MERGE, on_conflict="id"),
    "a conversation merged by its key": _insert(
        "chat_conversations",
        {"client_conversation_id": "{new}", "user_id": "{stranger}"},
        _MERGE,
        on_conflict="user_id,client_conversation_id",
    ),
    "a message merged by id": _insert("chat_messages", _said(id="{own_message}"), _MERGE, on_conflict="id"),
    "a message merged by its place": _insert("chat_messages", _said(seq=1), _MERGE, on_conflict="conversation_id,seq"),
    "a message merged into a foreign one": _insert(
        "chat_messages",
        _said(conversation_id="{foreign}", client_message_id="{foreign_client}"),
        _MERGE,
        on_conflict="conversation_id,client_message_id",
    ),
    "a foreign message ignored as a duplicate": _insert(
        "chat_messages", _said(conversation_id="{foreign}", client_message_id="{foreign_client}"), _IGNORE
    ),
    "an answer to a foreign question": _insert("chat_messages", _said(in_reply_to="{foreign_message}")),
    "an answer across conversations": _insert(
        "chat_messages", _said(conversation_id="{unread}", in_reply_to="{own_message}")
    ),
    "put over a foreign row": Ask("PUT", "/chat_conversations", {"id": "eq.{foreign}"}, {"id": "{foreign}"}),
    "rollback wished, a bot's": _insert("chat_messages", _said(role="bot"), "tx=commit"),
    "oversize content": _insert("chat_messages", _said(content=_HUGE)),
    "oversize event": _insert("chat_messages", _said(event={"type": "text", "x": _HUGE})),
    "oversize id": _insert("chat_messages", _said(client_message_id="a" * 100_000)),
    "deep event": _insert("chat_messages", _said(event=json.loads("[" * 90 + "]" * 90))),
    "NUL in content": _insert("chat_messages", _said(content="a\u0000b")),
    "NUL in an event": _insert("chat_messages", _said(event={"type": "a\u0000b"})),
    "a column that is not there": _insert("chat_messages", _said(is_admin=True)),
    "a column twice": _insert("chat_messages", _said(), "", columns="conversation_id,seq,seq"),
    "a whole table changed": Ask("PATCH", "/chat_messages", {}, {"content": "바꿈"}),
    "a whole table deleted": Ask("DELETE", "/chat_messages"),
    "write into the private schema": Ask("POST", "/users", {}, {"id": "{new}"}, {"Content-Profile": "auth"}),
    "rpc of the private schema": Ask("POST", "/rpc/place_message", {}, {}, {"Content-Profile": "private"}),
    "rpc of pg": _rpc("pg_sleep", seconds=5),
    "rpc to read files": _rpc("pg_read_file", filename="/etc/passwd"),
    "rpc to set claims": _rpc("set_config", setting_name="request.jwt.claims", new_value="{}", is_local=True),
    "rpc of the service": _rpc("chat_operator_mark", p_inquiry_id="{foreign_inquiry}", p_status="done"),
    **{
        f"{function} in the name of {whom}": _rpc(function, p_user_id="{" + whom + "}", **arguments)
        for function, arguments in _AS_OPERATOR.items()
        for whom in ("member", "stranger")
    },
    "operators_list as a member": _rpc("operators_list"),
    **{
        f"{function} as a member": _rpc(function, p_key="a" * 64, **arguments)
        for function, arguments in {
            "channel_check": {}, "channel_of_key": {}, "channel_messages": {"p_id": "{own}"},
            "channel_status": {"p_message_id": "{own_message}", "p_status": "read"},
            "channel_receive": {
                "p_contact": {"external_id": "{member}"}, "p_external_message_id": "{new}", "p_content": "나",
            },
        }.items()
    },
    "a channel of one's own": _insert("chat_channels", {"name": "나", "key_digest": "a" * 64}),
    "a contact of a channel": Ask("PATCH", "/chat_contacts", {"id": "eq.{member}"}, {"external_id": "c-1"}),
    "a channel for one's own": Ask("PATCH", "/chat_conversations", {"id": "eq.{own}"}, {"channel": "erp"}),
    "a status of one's own": Ask("PATCH", "/chat_messages", {"id": "eq.{own_message}"}, {"status": "read"}),
    "a message that says how far it got": _insert("chat_messages", _said(status="read")),
    "what rules look at": _rpc("rule_facts", p_conversation_id="{foreign}"),
    "the rules of an activity": _rpc("rule_context", p_activity_id="{own}"),
    "where the clock sets rules off": _rpc("rule_due"),
    "a rule of one's own": _insert("chat_rules", {"name": "규칙", "types": ["message.created"], "actions": []}),
    "the feed of the hub": _rpc("live_feed", p_cursor=None),
    "an operator of oneself": _insert("chat_operators", {"user_id": "{member}", "display_name": "나", "role": "admin"}),
    "a note": _insert("chat_notes", {"conversation_id": "{own}", "client_note_id": "{new}", "content": "메모"}),
    "the desk changed": Ask("PATCH", "/chat_desk", {"conversation_id": "eq.{own}"}, {"priority": "urgent"}),
    "the team closed": Ask("PATCH", "/chat_team", {"id": "eq.true"}, {"always_open": False}),
    "an activity": _insert("chat_activities", {"type": "conversation.completed", "actor_kind": "system"}),
    "one's own block lifted": Ask("PATCH", "/chat_contacts", {"id": "eq.{member}"}, {"blocked_at": None}),
    "an operator's word": _insert("chat_messages", _said(role="system", author={"name": "상담원"})),
    "an agent for oneself": Ask("PATCH", "/chat_conversations", {"id": "eq.{own}"}, {"handling": "agent"}),
    "reply as a member": _rpc(
        "chat_reply", p_user_id="{member}", p_conversation_id="{own}", p_message_id=None, p_state_version=0,
        p_state={}, p_status="open", p_turns=[], p_flow_version="v",
    ),
    "type as a member": _rpc("chat_type", p_user_id="{member}", p_conversation_id="{own}", p_is_typing=True),
    "rate as a member": _rpc("chat_rate", p_user_id="{member}", p_conversation_id="{own}", p_score=5),
    "contact as a member": _rpc("chat_contact", p_user_id="{member}", p_attributes={"plan": "pro"}),
    "the desk of one's own": Ask("PATCH", "/chat_desk", {"conversation_id": "eq.{own}"}, {"priority": "urgent"}),
    "handling of one's own": Ask("PATCH", "/chat_conversations", {"id": "eq.{own}"}, {"handling": "bot"}),
    "an author of one's own": _insert("chat_messages", _said(author={"name": "상담원"})),
    "send to somebody else": _rpc(
        "chat_send", p_conversation_id="{foreign}", p_client_message_id="{new}", p_content="a"
    ),
    "page of somebody else": _rpc("chat_page", p_conversation_id="{foreign}"),
    "mark somebody else's": _rpc("chat_mark_read", p_conversation_id="{foreign}"),
    **{
        f"{function} with {kind}": Ask("POST", f"/rpc/{function}", {}, {**good, name: value})
        for function, good, name in (
            ("chat_send", {"p_conversation_id": "{own}", "p_client_message_id": "{new}", "p_content": "a"}, ""),
            ("chat_page", {"p_conversation_id": "{own}"}, "p_conversation_id"),
            ("chat_mark_read", {"p_conversation_id": "{own}"}, "p_up_to_message_id"),
            ("chat_open", {"p_client_conversation_id": "{new}"}, "p_client_conversation_id"),
            ("chat_turn", {"p_conversation_id": "{own}"}, "p_message_id"),
            ("chat_changed", {"p_conversation_id": "{own}", "p_after_rev": 0}, "p_conversation_id"),
            ("chat_preview", {"p_conversation_id": "{own}", "p_in_reply_to": "{own_message}"}, "p_client_message_id"),
            ("chat_list", {}, "p_before_id"),
        )
        for kind, value in (
            ("a number", 7), ("an object", {"a": 1}), ("no uuid", "x"), ("an overlong text", "x" * 100_000),
            ("a list", ["{own}", "{own}"]), ("sql", "' or 1=1 --"),
        )
    },
    "page with a huge limit": _rpc("chat_page", p_conversation_id="{own}", p_limit=2**40),
    "page with a negative limit": _rpc("chat_page", p_conversation_id="{own}", p_limit=-1),
    "page with a text as limit": _rpc("chat_page", p_conversation_id="{own}", p_limit="many"),
    "changed after no number": _rpc("chat_changed", p_conversation_id="{own}", p_after_rev="' or 1=1 --"),
    "changed after a huge number": _rpc("chat_changed", p_conversation_id="{own}", p_after_rev=10**30),
    "page before a huge number": _rpc("chat_page", p_conversation_id="{own}", p_before=10**30),
    "list before no time": _rpc("chat_list", p_before_at="yesterday-ish"),
    "send an oversize event": _rpc(
        "chat_send", p_conversation_id="{own}", p_client_message_id="{new}", p_event={"type": _HUGE}
    ),
    "send an oversize text": _rpc(
        "chat_send", p_conversation_id="{own}", p_client_message_id="{new}", p_content=_HUGE
    ),
    "send nothing at all": _rpc("chat_send", p_conversation_id="{own}", p_client_message_id="{new}"),
    "an argument that is not there": _rpc("chat_page", p_conversation_id="{own}", p_role="service_role"),
    "no arguments": _rpc("chat_send"),
}  # fmt: skip


def _part(content: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def _by_hmac(secret: bytes, head: Mapping[str, Any], body: Mapping[str, Any]) -> str:
    signed = f"{_part(head)}.{_part(body)}"
    signature = jwt.get_algorithm_by_name("HS256").sign(signed.encode(), secret)
    return f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def forged_tokens(user: str, secret: str, good: str) -> dict[str, str]:
    """Return tokens that name `user` and that nobody may believe; `secret` is the project's, `good` is a real token."""
    head, _, signature = good.split(".")
    whole = claims(sub=user)
    pem = RSA_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    far = int(time.time()) + 10**6
    return {
        "service_role by a wrong key": token(OTHER_SECRET, sub=user, role="service_role"),
        "the member by a wrong key": token(OTHER_SECRET, sub=user),
        "signed with the publishable name": token("sb_publishable_" + "0" * 32, sub=user),
        "RS256 by nobody's key": jwt.encode(whole, RSA_KEY, algorithm="RS256", headers={"kid": "k1"}),
        "ES256 by nobody's key": jwt.encode(whole, EC_KEY, algorithm="ES256", headers={"kid": "k1"}),
        "HS256 with a public key as secret": _by_hmac(pem, {"alg": "HS256", "kid": "k1"}, whole),
        "a key that the token brings": _by_hmac(
            b"s" * 32, {"alg": "HS256", "jwk": {"kty": "oct", "k": base64.b64encode(b"s" * 32).decode()}}, whole
        ),
        "a key from elsewhere": _by_hmac(b"s" * 32, {"alg": "HS256", "jku": "http://127.0.0.1:9/k"}, whole),
        "a path as key id": _by_hmac(b"\0" * 32, {"alg": "HS256", "kid": "../../../../dev/null"}, whole),
        "no algorithm": f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(whole)}.",
        "no algorithm, service_role": f"{_part({'alg': 'nOnE'})}.{_part({**whole, 'role': 'service_role'})}.",
        "claims exchanged": f"{head}.{_part({**whole, 'role': 'service_role'})}.{signature}",
        "signature left out": f"{head}.{_part(whole)}.",
        "far-future nbf": token(secret, sub=user, nbf=far),
        "expired": token(secret, sub=user, exp=int(time.time()) - 120),
    }


def misdirected_tokens(user: str, secret: str) -> dict[str, str]:
    """Return tokens with a good signature that were made for something else."""
    return {
        "service_role": token(secret, sub=user, role="service_role"),
        "anon": token(secret, sub=user, role="anon"),
        "supabase_admin": token(secret, sub=user, role="supabase_admin"),
        "wrong audience": token(secret, sub=user, aud="somebody-else"),
        "foreign issuer": token(secret, sub=user, iss="https://evil.example/auth/v1"),
        "issued tomorrow": token(secret, sub=user, iat=int(time.time()) + 10**5),
        "no subject": token(secret, sub=None),
        "no end": token(secret, sub=user, exp=None),
    }


def raw(url: str, request: bytes, *, timeout: float = 60.0) -> bytes:
    """Send bytes as they are and return everything that is answered, until the server closes."""
    where = urlsplit(url)
    received = b""
    with socket.create_connection((where.hostname, where.port), timeout=timeout) as line:
        # A server may answer and close before it has read everything.
        with contextlib.suppress(OSError):
            line.sendall(request)
            line.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionError):
            while got := line.recv(65536):
                received += got
    return received
