"""Which columns a persona may write and read, and which keys a function answers with."""

from typing import Any

# What an answer to a member holds: the keys of each object in it, by the way there. What a person or a flow has written
# (payload, answer, event, state, flow …) has keys of its own.
MESSAGE = {
    "id",
    "conversation_id",
    "seq",
    "role",
    "kind",
    "content",
    "payload",
    "client_message_id",
    "request_id",
    "in_reply_to",
    "answer",
    "answered_at",
    "created_at",
    "author",
    "status",
    "rev",
}


CONVERSATION = {
    "id",
    "user_id",
    "client_conversation_id",
    "status",
    "created_at",
    "last_message_at",
    "last_read_at",
    "unread_count",
    "title",
    "last_message",
    "handling",
    "channel",
    "rev",
    "agent",
    "rating",
    "rating_asked_at",
    "last_read_seq",
}


# Of what waits, the service must know what it is computed from: it asks with the member's token.
WAITING = {"id", "client_message_id", "request_id", "content", "event", "asked_step_id", "asked_kind"}


TEAM = {
    "time_zone",
    "spans",
    "holidays",
    "always_open",
    "override_open",
    "override_until",
    "online_until",
    "expected_reply_seconds",
}


TOLD = {"version", "mode", "forbidden_topics", "handover_words"}


FOUND = {
    "chunkId", "articleId", "slug", "version", "title", "titlePath", "text", "place", "locale", "score", "coverage",
    "answerable",
}  # fmt: skip


_TURN = {
    "": {
        "conversation",
        "state",
        "state_version",
        "flow_version",
        "flow",
        "has_history",
        "message",
        "handled",
        "replies",
        "answered",
        "pending",
        "late_forms",
        "changed",
        "team",
    },
    "conversation": CONVERSATION,
    "conversation.last_message": MESSAGE,
    "message": MESSAGE,
    "replies": MESSAGE,
    "answered": MESSAGE,
    "pending": WAITING,
    "late_forms": WAITING,
    "team": TEAM,
}


ANSWERS: dict[str, dict[str, set[str]]] = {
    "chat_turn": _TURN,
    # It is asked about no message: of what was said, it tells what was said about a change.
    "chat_open": {
        **{way: keys for way, keys in _TURN.items() if way not in {"message", "answered", "replies"}},
        "": _TURN[""] | {"created"}, "changed": MESSAGE,
    },
    "chat_send": {**_TURN, "": _TURN[""] | {"created"}},
    "chat_preview": {
        "": {"status", "flow_version", "flow", "locale", "asked", "answered", "repeated"},
        "asked": {"id", "step_id", "kind", "payload"},
    },
    "chat_list": {"": CONVERSATION, "last_message": MESSAGE},
    "chat_page": {
        "": {"conversation", "messages", "has_earlier", "has_later"},
        "conversation": CONVERSATION, "conversation.last_message": MESSAGE, "messages": MESSAGE,
    },
    "chat_changed": {
        "": {"conversation", "messages", "has_more"},
        "conversation": CONVERSATION, "conversation.last_message": MESSAGE, "messages": MESSAGE,
    },
    "chat_mark_read": {"": {"conversation_id", "last_read_at", "unread_count"}},
    "kb_assistant_told": {"": TOLD},
    "kb_look_up": {"": {"mode", "forbidden_topics", "found"}, "found": {"message_id", "locale", "answer"}},
    "kb_find": {"": FOUND},
    "kb_found": {"": FOUND},
    "chat_export of conversations": {
        "": {"rows", "has_more"},
        "rows": {
            "id", "user_id", "client_conversation_id", "status", "flow_version", "state", "state_version", "last_seq",
            "handled_seq", "message_count", "created_at", "last_message_at", "handling", "channel", "rev", "agent",
            "rating", "rating_asked_at", "change_turn_id",
        },
    },
    "chat_export of messages": {
        "": {"rows", "has_more"}, "rows": {*MESSAGE, "user_id", "turn_id", "step_id", "event"},
    },
    "chat_export of reads": {
        "": {"rows", "has_more"}, "rows": {"conversation_id", "user_id", "last_read_seq", "last_read_at"},
    },
    "chat_export of inquiries": {
        "": {"rows", "has_more"},
        "rows": {
            "id", "client_inquiry_id", "user_id", "conversation_id", "message_id", "flow_version", "step_id", "values",
            "locale", "status", "request_id", "created_at", "done_at", "from_guest", "normal",
        },
    },
}  # fmt: skip


# The columns that a member may read of their own rows.
READABLE = {
    **{
        (table, "select"): ANSWERS[f"chat_export of {part}"]["rows"]
        for table, part in {
            "chat_conversations": "conversations",
            "chat_messages": "messages",
            "chat_conversation_reads": "reads",
            "chat_inquiries": "inquiries",
        }.items()
    },
    ("chat_flows", "select"): {"version", "definition", "created_at"},
    ("chat_team", "select"): {"id", *TEAM},
    ("kb_assistant_told", "select"): {"id", *TOLD},
    ("chat_conversation_summaries", "select"): CONVERSATION,
    ("kb_articles", "select"): {
        "id", "title", "body", "locale", "status", "audience", "questions", "slug", "version", "created_at",
        "updated_at", "published_at",
    },
    ("kb_terms", "select"): {"token", "chunk_id", "article_id", "places"},
    ("kb_chunks", "select"): {
        "id", "article_id", "place", "title_path", "text", "digest", "tokens", "title_tokens", "question_tokens",
        "codes",
    },
}  # fmt: skip


_FREE = {
    "payload", "answer", "event", "state", "flow", "values", "normal", "author", "agent", "rating", "spans", "holidays",
    "forbidden_topics", "handover_words",
}  # fmt: skip


def keys_of(answer: Any, way: str = "") -> dict[str, set[str]]:
    """Return the keys of each object in an answer, by the way there; those of a list's objects together."""
    found: dict[str, set[str]] = {}
    for one in answer if isinstance(answer, list) else [answer]:
        if not isinstance(one, dict):
            continue
        found.setdefault(way, set()).update(one)
        for key, value in one.items():
            if key not in _FREE and isinstance(value, dict | list):
                for deeper, keys in keys_of(value, f"{way}.{key}".lstrip(".")).items():
                    found.setdefault(deeper, set()).update(keys)
    return found
