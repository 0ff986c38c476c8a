"""Who may do what to which row: the rights as a table, a small world of rows to try them on, and the trying.

Every cell is relation x command x persona x row. Its outcome is one word: `ok` (exactly one row), `none` (no row, and
no error), or the SQLSTATE of the refusal. No assertions.
"""

import itertools
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg
from psycopg import Connection, sql
from psycopg.types.json import Jsonb

from tests.db.chats import add_conversation, add_message, add_row, new_id
from tests.stack import become, become_superuser

COMMANDS = ("select", "insert", "update", "delete")
ROWS = ("own", "other", "missing")
# `anon` and the service own nothing: to them "own" is one member's row and "other" the other's.
# The other one is a guest with a session: a member in everything, and no more than that.
PERSONAS = {"anon": "anon", "owner": "authenticated", "other": "authenticated", "service_role": "service_role"}
NO = "42501 42501 42501"
NO_WRITES = {"insert": NO, "update": NO, "delete": NO}
OF_THE_SERVICE = {"select": "ok ok none", "update": "ok ok none", "delete": "ok ok none"}
# A view over a join takes no writes from anybody, whatever is granted.
UNWRITABLE = dict.fromkeys(("insert", "update", "delete"), "55000 55000 55000")

# The outcomes for own, other's and missing rows. Nobody else may do anything: `anon` needs no line.
RIGHTS: dict[str, dict[str, dict[str, str]]] = {
    "chat_conversations": {
        "authenticated": {**NO_WRITES, "select": "ok none none", "insert": "ok 42501 42501"},
        # Who has no account gets no contact, and without one there is no conversation.
        "service_role": {**OF_THE_SERVICE, "insert": "ok ok PT401"},
    },
    # Whom the service knows from outside has no account, so a new one is nobody's missing row.
    "chat_contacts": {
        "service_role": {**OF_THE_SERVICE, "insert": "ok ok ok"},
    },
    "chat_messages": {
        "authenticated": {**NO_WRITES, "select": "ok none none", "insert": "ok PT404 PT404"},
        # A member who has no account is told so before anybody looks for the conversation.
        "service_role": {**OF_THE_SERVICE, "insert": "ok ok PT401"},
    },
    "chat_conversation_reads": {
        "authenticated": {"select": "ok none none", "insert": "ok 23503 23503", "update": "ok none none", "delete": NO},
        "service_role": {**OF_THE_SERVICE, "insert": "ok ok 23503"},
    },
    "chat_inquiries": {
        "authenticated": {**NO_WRITES, "select": "ok none none"},
        "service_role": {**OF_THE_SERVICE, "insert": "ok ok 23503"},
    },
    # What only operators see. To members these are as missing as to `anon`. A row of a conversation needs one.
    "chat_operators": {
        "service_role": {**OF_THE_SERVICE, "insert": "ok ok ok", "delete": NO},
    },
    "chat_desk": {"service_role": {**OF_THE_SERVICE, "insert": NO, "delete": NO}},
    "chat_gone": {"service_role": {**NO_WRITES, "select": "ok ok none"}},
    "chat_notes": {"service_role": {**OF_THE_SERVICE, "insert": "ok ok 23503"}},
    "chat_labels": {"service_role": {**OF_THE_SERVICE, "insert": "ok ok ok"}},
    "chat_conversation_labels": {"service_role": {**OF_THE_SERVICE, "insert": "ok ok 23503", "update": NO}},
    "chat_canned_replies": {"service_role": {**OF_THE_SERVICE, "insert": "ok ok ok"}},
    # Nobody changes what happened, or makes it not have happened.
    "chat_activities": {"service_role": {**NO_WRITES, "select": "ok ok none", "insert": "ok ok 23503"}},
    "chat_typing": {"service_role": {**OF_THE_SERVICE, "insert": "ok ok 23503"}},
    "chat_presence": {"service_role": {**OF_THE_SERVICE, "insert": "ok ok 23503"}},
    # A channel that was deleted stays, for its conversations.
    "chat_channels": {"service_role": {**OF_THE_SERVICE, "insert": "ok ok ok", "delete": NO}},
    "chat_channel_threads": {"service_role": {**OF_THE_SERVICE, "insert": "ok ok 23503"}},
    "chat_channel_messages": {"service_role": {**OF_THE_SERVICE, "insert": "ok ok 23503"}},
    "chat_rules": {"service_role": {**OF_THE_SERVICE, "insert": "ok ok ok"}},
    "chat_rule_runs": {"service_role": {**OF_THE_SERVICE, "insert": "ok ok 23503", "delete": NO}},
    "chat_jobs": {"service_role": {**OF_THE_SERVICE, "insert": "ok ok 23503"}},
    "chat_ticks": {"service_role": {**OF_THE_SERVICE, "insert": "ok ok ok", "delete": NO}},
    "chat_webhooks": {"service_role": {**OF_THE_SERVICE, "insert": "ok ok ok"}},
    "chat_deliveries": {"service_role": {**OF_THE_SERVICE, "insert": "ok ok 23503"}},
    "chat_listeners": {"service_role": {**OF_THE_SERVICE, "insert": "ok ok 23503", "update": NO}},
    # Published for all: everybody reads it who has signed in. By audience, tests/db/test_articles.py.
    "kb_articles": {
        "authenticated": {**NO_WRITES, "select": "ok ok none"},
        "service_role": {**OF_THE_SERVICE, "insert": "ok ok ok"},
    },
    "kb_chunks": {
        "authenticated": {**NO_WRITES, "select": "ok ok none"},
        "service_role": {**OF_THE_SERVICE, "insert": "ok ok 23503"},
    },
    # Written by the trigger of pieces alone.
    "kb_terms": {
        "authenticated": {**NO_WRITES, "select": "ok ok none"},
        "service_role": {**NO_WRITES, "select": "ok ok none"},
    },
    "kb_versions": {"service_role": {**OF_THE_SERVICE, "insert": "ok ok 23503"}},
    "kb_sources": {"service_role": {**OF_THE_SERVICE, "insert": "ok ok 23503"}},
    "kb_misses": {"service_role": {**OF_THE_SERVICE, "insert": "ok ok ok"}},
    "kb_imports": {"service_role": {**OF_THE_SERVICE, "insert": "ok ok ok"}},
    "kb_import_items": {"service_role": {**OF_THE_SERVICE, "insert": "ok ok 23503"}},
    "kb_removed": {"service_role": {**OF_THE_SERVICE, "insert": "ok ok ok", "update": NO}},
    # What was searched for is written anew, never changed.
    "chat_search": {"service_role": {**OF_THE_SERVICE, "insert": "ok ok 23503", "update": NO}},
    "chat_search_due": {"service_role": {**OF_THE_SERVICE, "insert": "ok ok ok"}},
    "chat_search_state": {"service_role": {**NO_WRITES, "select": "ok ok none", "update": "ok ok none"}},
    "chat_search_words": {"service_role": {**OF_THE_SERVICE, "insert": "ok ok ok"}},
    "kb_answers": {"service_role": {**OF_THE_SERVICE, "insert": "ok ok 23503", "delete": NO}},
    # One row, everybody's.
    "chat_team": {
        "authenticated": {**NO_WRITES, "select": "ok ok none"},
        "service_role": {**NO_WRITES, "select": "ok ok none", "update": "ok ok none"},
    },
    # Nobody changes what hours held.
    "chat_hours": {"service_role": {**NO_WRITES, "select": "ok ok none", "insert": "ok ok ok"}},
    # Nobody changes what the assistant was told to do. What a turn must know of it is one row, everybody's.
    "kb_assistant": {"service_role": {**NO_WRITES, "select": "ok ok none", "insert": "ok ok ok"}},
    "kb_tries": {"service_role": {**OF_THE_SERVICE, "insert": "ok ok ok"}},
    "kb_spending": {"service_role": {**OF_THE_SERVICE, "insert": "ok ok 23503"}},
    "kb_assistant_told": {
        "authenticated": {**NO_WRITES, "select": "ok ok none"},
        "service_role": {**NO_WRITES, "select": "ok ok none", "update": "ok ok none"},
    },
    # A flow belongs to nobody, so a new one is nobody's missing row either.
    "chat_flows": {
        "authenticated": {**NO_WRITES, "select": "ok ok none"},
        "service_role": {**NO_WRITES, "select": "ok ok none", "insert": "ok ok ok"},
    },
    "chat_conversation_summaries": {
        "anon": UNWRITABLE,
        "authenticated": {**UNWRITABLE, "select": "ok none none"},
        "service_role": {**UNWRITABLE, "select": "ok ok none"},
    },
}
POLICIES = {
    ("chat_conversations", "select_own", "SELECT", "authenticated"),
    ("chat_conversations", "insert_own", "INSERT", "authenticated"),
    ("chat_messages", "select_own", "SELECT", "authenticated"),
    ("chat_messages", "insert_own", "INSERT", "authenticated"),
    ("chat_conversation_reads", "select_own", "SELECT", "authenticated"),
    ("chat_conversation_reads", "insert_own", "INSERT", "authenticated"),
    ("chat_conversation_reads", "update_own", "UPDATE", "authenticated"),
    ("chat_inquiries", "select_own", "SELECT", "authenticated"),
    ("chat_flows", "select_all", "SELECT", "authenticated"),
    ("chat_team", "select_all", "SELECT", "authenticated"),
    ("kb_assistant_told", "select_all", "SELECT", "authenticated"),
    ("kb_articles", "select_published", "SELECT", "authenticated"),
    ("kb_chunks", "select_published", "SELECT", "authenticated"),
    ("kb_terms", "select_published", "SELECT", "authenticated"),
}
# The columns that a member may write.
WRITABLE = {
    ("chat_conversations", "insert"): {"client_conversation_id"},
    ("chat_messages", "insert"): {
        "conversation_id", "role", "kind", "content", "client_message_id", "request_id", "in_reply_to", "event",
    },
    ("chat_conversation_reads", "insert"): {"conversation_id", "last_read_seq"},
    ("chat_conversation_reads", "update"): {"last_read_seq"},
}  # fmt: skip
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
# Of rules: those for admins ask who asks; the others are asked by what runs rules.
RULES = (
    "inbox_delete_rule", "inbox_order_rules", "inbox_rule_facts", "inbox_rule_runs", "inbox_rules", "inbox_save_rule",
    "inbox_try_rule", "rule_act", "rule_actor", "rule_apply", "rule_context", "rule_do", "rule_due", "rule_due_of",
    "rule_facts", "rule_hold", "rule_names_nobody", "rule_need_reply", "rule_row", "rule_told",
)  # fmt: skip
SEARCH = (
    "inbox_search", "search_as_text", "search_best", "search_count", "search_fill", "search_hit", "search_newest",
    "search_state", "search_wanted",
)  # fmt: skip
# Of articles: as of rules, and what the service asks for everybody (help pages, imports, what nobody found).
ARTICLES = (
    "inbox_article", "inbox_article_row", "inbox_article_versions", "inbox_articles", "inbox_cancel_import",
    "inbox_delete_article", "inbox_find_articles", "inbox_import", "inbox_import_row", "inbox_imports",
    "inbox_misses", "inbox_save_article", "inbox_settle_miss", "inbox_start_import", "kb_article_told",
    "kb_begin_import", "kb_cut", "kb_end_import", "kb_free_slug", "kb_help", "kb_help_article", "kb_import",
    "kb_import_one", "kb_miss", "kb_start_shipped", "kb_tokens", "kb_write",
)  # fmt: skip
# Of what questions get: in a turn, after it, for guests.
QUESTIONS = (
    "kb_ask", "kb_hold", "kb_overtaken", "kb_question", "kb_record", "kb_said", "kb_settle", "kb_stranded",
    "kb_thought",
)  # fmt: skip
# Of retrieval: what looks at what it is given, and at no row.
PURE = ("kb_asked", "kb_common_pairs", "kb_common_words", "kb_korean_stem", "kb_stem")
# Each asks who asks, or is asked by one that did.
FOR_OPERATORS = (
    *RULES,
    *ARTICLES,
    *SEARCH,
    "chat_tell", "inbox_add_note", "inbox_assign", "inbox_audit", "inbox_available", "inbox_bare",
    "inbox_canned_replies", "inbox_canned_reply", "inbox_cases", "inbox_change", "inbox_changes", "inbox_channel",
    "inbox_channels", "inbox_check_changes", "inbox_claim", "inbox_colleague", "inbox_conversation", "inbox_counts",
    "inbox_delete_canned_reply", "inbox_delete_channel", "inbox_delete_label", "inbox_delete_note",
    "inbox_delete_webhook", "inbox_deliveries", "inbox_delivery", "inbox_drop_job", "inbox_edit_note", "inbox_export",
    "inbox_figures", "inbox_gone_since", "inbox_hours", "inbox_jobs", "inbox_kept_hours", "inbox_known_as",
    "inbox_label", "inbox_labels", "inbox_list", "inbox_look", "inbox_me", "inbox_message", "inbox_messages",
    "inbox_note", "inbox_open", "inbox_operator", "inbox_operators", "inbox_page", "inbox_parts", "inbox_person",
    "inbox_reply", "inbox_resend_delivery", "inbox_retry", "inbox_retry_job", "inbox_return_idle",
    "inbox_rotate_webhook", "inbox_row", "inbox_save_canned_reply", "inbox_save_channel", "inbox_save_hours",
    "inbox_save_label", "inbox_save_operator", "inbox_save_webhook", "inbox_screen", "inbox_seen", "inbox_set_hours",
    "inbox_set_operator", "inbox_sort", "inbox_speak", "inbox_tell", "inbox_tell_setting", "inbox_test_webhook",
    "inbox_touch", "inbox_turn", "inbox_type", "inbox_unless_changed", "inbox_versioned", "inbox_views",
    "inbox_webhook", "inbox_webhook_setting", "inbox_webhooks", "jobs_add", "jobs_claim", "jobs_count", "jobs_done",
    "jobs_fail", "live_as_of", "live_branch", "live_changes", "live_feed", "live_people", "operator_grant",
    "operator_revoke", "operators_list", "webhook_delivery", "webhook_record", "webhook_secrets", "webhook_tell",
    "webhook_tidy",
)  # fmt: skip
# Of the assistant's settings. What a turn must know of them, members may ask for.
ASSISTANT = (
    "inbox_answers", "inbox_assistant", "inbox_assistant_try", "inbox_assistant_versions", "inbox_restore_assistant",
    "inbox_save_assistant", "inbox_try_assistant", "kb_answers_totals", "kb_assistant_changes", "kb_assistant_now",
    "kb_assistant_row", "kb_settle_try", "kb_try",
)  # fmt: skip
# Of what answers of a model cost.
SPENDING = ("kb_reserve", "kb_spend", "kb_tidy_spending")
# Each asks for a channel's key, or is asked by one that did.
FOR_CHANNELS = (
    "channel_check", "channel_listen", "channel_messages", "channel_of_key", "channel_place", "channel_receive",
    "channel_settle", "channel_status",
)  # fmt: skip
EXECUTE: dict[str, set[str]] = {
    **{name: {"service_role"} for name in (*FOR_OPERATORS, *FOR_CHANNELS, *ASSISTANT, *SPENDING, *QUESTIONS)},
    # What is found by what it gives is found by members too.
    "bigrams": {"authenticated", "service_role"},
    **{name: {"authenticated", "service_role"} for name in (*PURE, "kb_find", "kb_found", "kb_ranked")},
    "kb_assistant_told": {"authenticated", "service_role"},
    "chat_turn": {"authenticated"},
    "chat_turn_for_service": {"service_role"},
    "chat_open": {"authenticated"},
    "chat_send": {"authenticated"},
    "chat_preview": {"authenticated"},
    "chat_list": {"authenticated"},
    "chat_page": {"authenticated"},
    "chat_changed": {"authenticated"},
    "chat_mark_read": {"authenticated"},
    "chat_export": {"authenticated"},
    "chat_reply": {"service_role"},
    "chat_forget": {"service_role"},
    "chat_type": {"service_role"},
    "chat_rate": {"service_role"},
    "chat_contact": {"service_role"},
    "chat_claim_guest": {"service_role"},
    "chat_import": {"service_role"},
    "chat_submit_inquiry": {"service_role"},
    "chat_operator_inquiries": {"service_role"},
    "chat_operator_mark": {"service_role"},
    "chat_operator_day": {"service_role"},
    # What is known is looked up under the rights of who asks.
    "kb_look_up": {"authenticated", "service_role"},
    "kb_knowing": {"authenticated", "service_role"},
    # Pure: what it is asked about is all that it knows.
    "kb_language": {"authenticated", "service_role"},
    "kb_codes": {"authenticated", "service_role"},
    "private.make_contact": set(),
    "private.place_message": set(),
    "private.know_account": set(),
    "private.follow_conversation": set(),
    "private.tell_message": set(),
    "private.tell_others": set(),
    "private.note_gone": set(),
    "private.refuse_blank_values": set(),
    "private.keep_hours": set(),
    "private.keep_terms": set(),
    "private.search_again": set(),
    "private.clamp_read_marker": set(),
}

_CHANGES: dict[str, dict[str, Any]] = {
    "chat_contacts": {"name": "바꿈"},
    "chat_conversations": {"status": "completed"},
    "chat_messages": {"content": "바꿈"},
    "chat_conversation_reads": {"last_read_seq": 2},
    "chat_inquiries": {"locale": "en"},
    "chat_flows": {"definition": {"changed": True}},
    "chat_operators": {"display_name": "바꿈"},
    "chat_desk": {"priority": "high"},
    "chat_gone": {"gone_at": "2026-01-01"},
    "chat_hours": {"time_zone": "UTC"},
    "kb_assistant": {"created_at": "2026-01-01"},
    "kb_tries": {"question": "바꿈"},
    "kb_spending": {"settled_at": "2026-01-01"},
    "chat_notes": {"content": "바꿈"},
    "chat_labels": {"color": "#ff0000"},
    "chat_conversation_labels": {"created_at": "2026-01-01"},
    "chat_canned_replies": {"content": "바꿈"},
    "chat_activities": {"actor_name": "바꿈"},
    "chat_typing": {"typed_at": "2026-01-01"},
    "chat_presence": {"seen_at": "2026-01-01"},
    "chat_channels": {"name": "바꿈"},
    "chat_channel_threads": {"thread_key": "바꿈"},
    "chat_channel_messages": {"attempt": 2},
    "chat_rules": {"position": 7},
    "chat_rule_runs": {"status": "partial"},
    "chat_jobs": {"last_error": "바꿈"},
    "chat_ticks": {"due_at": "2026-01-01"},
    "chat_webhooks": {"failing_since": "2026-01-01"},
    "chat_deliveries": {"error": "바꿈"},
    "chat_listeners": {"channel": "바꿈"},
    "chat_search": {"said_by": "bot"},
    "chat_search_due": {"since": "2026-01-01"},
    "chat_search_words": {"share": 0.25},
    "chat_conversation_summaries": {"status": "completed"},
    "kb_articles": {"title": "바꿈"},
    "kb_chunks": {"place": 7},
    "kb_terms": {"places": 7},
    "kb_versions": {"title": "바꿈"},
    "kb_sources": {"root": "바꿈"},
    "kb_misses": {"asked": 7},
    "kb_imports": {"total": 7},
    "kb_import_items": {"title": "바꿈"},
    "kb_removed": {"removed_at": "2026-01-01"},
    "kb_answers": {"helpful": True},
}
_MINE = "select t::text from public.{} t where user_id = any(%(users)s::uuid[])"
# What belongs to a conversation, and what belongs to nobody and bears the name of its world.
_OF_A_CONVERSATION = "select t::text from public.{} t where conversation_id in ({})"
_THEIRS = "select id from public.chat_conversations where user_id = any(%(users)s::uuid[])"
_OWNED = (
    "chat_conversations", "chat_messages", "chat_conversation_reads", "chat_inquiries", "chat_conversation_summaries",
    "kb_spending", "kb_answers",
)  # fmt: skip
_OF_CONVERSATIONS = (
    "chat_desk", "chat_notes", "chat_conversation_labels", "chat_activities", "chat_typing", "chat_presence",
    "chat_channel_threads", "chat_jobs", "chat_rule_runs",
)  # fmt: skip
_OF_ARTICLES = "select id from public.kb_articles where starts_with(slug, %(name)s)"
_OF_IMPORTS = "select id from public.kb_imports where starts_with(source, %(name)s)"
_NAMED = {
    "chat_operators": "display_name",
    "chat_channels": "name",
    "chat_labels": "name",
    "chat_rules": "name",
    "chat_canned_replies": "shortcut",
}
_BY_ADDRESS = "position(%(name)s in url) > 0"
# Nothing is ever sent to one of these.
_OFF = {"is_active": False, "disabled_reason": "by_hand"}
_NUMBERS = itertools.count(60)
# Versions that nobody gets to by changing settings.
FIRST_VERSION = 1_000_000
_VERSIONS = itertools.count(FIRST_VERSION + uuid.uuid4().int % 1_000_000_000)
_ASSISTANT = {
    "mode": "extractive", "tone": "", "policy": "", "rules": "", "forbidden_topics": [],
    "greeting": {"ko": "", "en": ""}, "handover": {"when": "", "words": {"ko": "", "en": ""}}, "allowed_links": [],
    "budgets": {"member_day": 0, "project_month": 0},
}  # fmt: skip
_TRY = {"question": "?", "locale": "ko", "audience": "all", "settings": {}, "found": [], "found_milliseconds": 1.0}
# Of a month that no budget is counted in.
_SPENT = {"day": "2500-01-01", "month": "2500-01-01", "micros": 0}
_DIGEST = "select md5(coalesce(string_agg(t, ',' order by t), '')) from ({}) rows (t)"
Row = dict[str, Any]
_SEARCHED = {"said_by": "bot", "created_at": "2026-01-01T00:00:00Z", "tokens": "안녕"}


def _never() -> str:
    """Return a moment that is nobody else's and that nobody lives to see."""
    return f"{2500 + uuid.uuid4().int % 7000}-01-01T00:00:00.{uuid.uuid4().int % 1_000_000:06}Z"


@dataclass(frozen=True)
class Side:
    """A member's rows."""

    user: str
    flow: str
    conversation: str = field(default_factory=new_id)
    message: str = field(default_factory=new_id)
    last_message: str = field(default_factory=new_id)
    inquiry: str = field(default_factory=new_id)
    unread: str = field(default_factory=new_id)
    operator: str = field(default_factory=new_id)
    note: str = field(default_factory=new_id)
    label: str = field(default_factory=new_id)
    canned_reply: str = field(default_factory=new_id)
    activity: str = field(default_factory=new_id)
    rule: str = field(default_factory=new_id)
    run: str = field(default_factory=new_id)
    gone: str = field(default_factory=new_id)
    hours_since: str = field(default_factory=_never)
    assistant: int = field(default_factory=lambda: next(_VERSIONS))
    answer: str = field(default_factory=new_id)
    tried: str = field(default_factory=new_id)
    channel: str = field(default_factory=new_id)
    job: str = field(default_factory=new_id)
    spent: str = field(default_factory=new_id)
    webhook: str = field(default_factory=new_id)
    delivery: str = field(default_factory=new_id)
    article: str = field(default_factory=new_id)
    # An article of the same side that was written by hand.
    unsourced: str = field(default_factory=new_id)
    chunk: str = field(default_factory=new_id)
    miss: str = field(default_factory=new_id)
    took: str = field(default_factory=new_id)
    due: str = field(default_factory=new_id)
    is_there: bool = True

    def key(self, relation: str) -> Row:
        """Return what finds this member's row of a relation."""
        return {
            "chat_contacts": {"id": self.user},
            "chat_conversations": {"id": self.conversation},
            "chat_messages": {"id": self.message},
            "chat_conversation_reads": {"conversation_id": self.conversation},
            "chat_inquiries": {"id": self.inquiry},
            "chat_flows": {"version": self.flow},
            "chat_conversation_summaries": {"id": self.conversation},
            "chat_operators": {"id": self.operator},
            "chat_desk": {"conversation_id": self.conversation},
            "chat_gone": {"conversation_id": self.gone},
            "chat_hours": {"since_at": self.hours_since},
            "kb_assistant": {"version": self.assistant},
            "kb_tries": {"id": self.tried},
            "kb_answers": {"id": self.answer},
            "kb_spending": {"id": self.spent},
            "chat_notes": {"id": self.note},
            "chat_labels": {"id": self.label},
            "chat_conversation_labels": {"conversation_id": self.conversation},
            "chat_canned_replies": {"id": self.canned_reply},
            "chat_activities": {"id": self.activity},
            "chat_typing": {"conversation_id": self.conversation},
            "chat_presence": {"conversation_id": self.conversation},
            "chat_channels": {"id": self.channel},
            "chat_channel_threads": {"conversation_id": self.conversation},
            "chat_channel_messages": {"message_id": self.message},
            "chat_rules": {"id": self.rule},
            "chat_rule_runs": {"id": self.run},
            "chat_jobs": {"id": self.job},
            "chat_ticks": {"name": self.flow},
            "chat_webhooks": {"id": self.webhook},
            "chat_deliveries": {"id": self.delivery},
            "chat_listeners": {"webhook_id": self.webhook},
            "chat_search": {"message_id": self.message},
            "chat_search_due": {"id": self.due},
            "chat_search_state": {"id": self.is_there},
            "chat_search_words": {"word": self.flow},
            "chat_team": {"id": self.is_there},
            "kb_assistant_told": {"id": self.is_there},
            "kb_articles": {"id": self.article},
            "kb_chunks": {"id": self.chunk},
            "kb_terms": {"chunk_id": self.chunk},
            "kb_versions": {"article_id": self.article},
            "kb_sources": {"article_id": self.article},
            "kb_misses": {"id": self.miss},
            "kb_imports": {"id": self.took},
            "kb_import_items": {"import_id": self.took},
            "kb_removed": {"source": self.flow},
        }[relation]


@dataclass(frozen=True)
class World:
    """Two members with a row of every kind each, and somebody who is not there."""

    name: str
    owner: Side
    other: Side
    nobody: Side

    def side(self, persona: str, row: str) -> Side:
        """Return whose row is meant, seen from a persona."""
        if row == "missing":
            return self.nobody
        return self.other if (persona == "other") is (row == "own") else self.owner

    def user(self, persona: str) -> str | None:
        """Return who a persona is."""
        return {"owner": self.owner.user, "other": self.other.user}.get(persona)

    def new_row(self, relation: str, persona: str, row: str) -> Row:
        """Return a row to insert, with the owner named where that is what is tried."""
        side = self.side(persona, row)
        owner = {} if persona != "service_role" else {"user_id": side.user}
        match relation:
            case "chat_contacts":
                return {"name": self.name}
            case "chat_conversations":
                return {"client_conversation_id": new_id(), **(owner if row == "own" else {"user_id": side.user})}
            case "chat_messages":
                said = {"role": "user", "kind": "text", "content": "안녕", "client_message_id": new_id()}
                return {**owner, **said, "conversation_id": side.unread}
            case "chat_conversation_reads":
                return {**owner, "conversation_id": side.unread, "last_read_seq": 0}
            case "chat_inquiries":
                inquiry = {"client_inquiry_id": new_id(), "flow_version": "v", "step_id": "write", "values": {}}
                return {**inquiry, "user_id": side.user}
            case "chat_flows":
                return {"version": f"{self.name}-{uuid.uuid4().hex[:8]}", "definition": {}}
        known = self._row_of_the_team(side) | self._row_of_knowledge(side)
        return known.get(relation, {"id": new_id(), "user_id": side.user})

    def _row_of_knowledge(self, side: Side) -> dict[str, Row]:
        name = f"{self.name}-{uuid.uuid4().hex[:8]}"
        return {
            "kb_articles": _article(name),
            "kb_chunks": _chunk(side.article, name),
            "kb_terms": {"token": name, "chunk_id": side.chunk, "article_id": side.article, "places": 1},
            "kb_versions": _version(side.article, 2),
            "kb_sources": _source(side.unsourced, name),
            "kb_misses": {"locale": "ko", "key": name, "question": name},
            "kb_imports": {"kind": "web", "source": name},
            "kb_import_items": {"import_id": side.took, "source": name, "outcome": "added"},
            "kb_removed": {"source_kind": "web", "source": name},
            "kb_answers": _asked(side, side.last_message),
        }

    def _row_of_the_team(self, side: Side) -> dict[str, Row]:
        there, name = {"conversation_id": side.unread}, f"{self.name}-{uuid.uuid4().hex[:8]}"
        note = {"operator_id": self.owner.operator, "client_note_id": new_id(), "content": "메모"}
        return {
            "chat_operators": {"display_name": self.name},
            "chat_desk": there,
            "chat_gone": {"conversation_id": new_id()},
            "chat_hours": _hours(_never()),
            "kb_assistant": {"version": next(_VERSIONS), "settings": _ASSISTANT},
            "kb_tries": {"operator_id": self.owner.operator, **_TRY},
            "kb_spending": {"id": new_id(), "user_id": side.user, **_SPENT},
            "chat_notes": {**there, **note},
            "chat_labels": {"name": name},
            "chat_conversation_labels": {**there, "label_id": self.owner.label},
            "chat_canned_replies": {"shortcut": name, "content": "네"},
            "chat_activities": {**there, "type": "conversation.assigned", "actor_kind": "system"},
            "chat_typing": there,
            "chat_presence": {**there, "operator_id": self.owner.operator},
            "chat_channels": {"name": name},
            "chat_channel_threads": {**there, "contact_id": side.user},
            "chat_channel_messages": {"channel_id": self.owner.channel, "message_id": side.last_message},
            "chat_rules": {"name": name, "types": ["x"], "is_active": False, "actions": [{"type": "complete"}]},
            "chat_rule_runs": {**there, "rule_id": self.owner.rule, "activity_id": new_id(), "status": "done"},
            "chat_jobs": {**there, "kind": "try"},
            "chat_ticks": {"name": name},
            "chat_webhooks": {"url": f"https://{name}.example/", "secret": "-", **_OFF},
            "chat_deliveries": {"webhook_id": side.webhook, "type": name},
            "chat_listeners": {"webhook_id": side.webhook, "type": name},
            "chat_search": {"message_id": side.last_message, **_SEARCHED},
            "chat_search_due": {"kind": "inquiry", "id": side.due},
            "chat_search_state": {"branch": "main"},
            "chat_search_words": {"word": name, "share": 0.5},
            "chat_team": {"time_zone": "UTC"},
            "kb_assistant_told": {"version": 1},
        }

    def digest(self, db: Connection[Any]) -> str:
        """Return what a superuser sees of this world: equal before and after means that nothing was written."""
        parts = [_MINE.format(relation) for relation in _OWNED]
        parts += [_OF_A_CONVERSATION.format(relation, _THEIRS) for relation in _OF_CONVERSATIONS]
        parts += [
            f"select t::text from public.{relation} t"
            f" where id = any(%(made)s::uuid[]) or starts_with({named}, %(name)s)"
            for relation, named in _NAMED.items()
        ]
        parts.append("select t::text from public.chat_contacts t where id = any(%(users)s::uuid[]) or name = %(name)s")
        parts.append("select t::text from public.chat_gone t where conversation_id = any(%(made)s::uuid[])")
        parts.append("select t::text from public.chat_hours t where since_at > '2500-01-01'")
        parts.append(f"select t::text from public.kb_assistant t where version >= {FIRST_VERSION}")
        parts.append(
            "select t::text from public.kb_tries t"
            " where operator_id in (select id from public.chat_operators where display_name = %(name)s)"
        )
        parts += [
            f"select t::text from public.{table} t where message_id in"
            " (select id from public.chat_messages where user_id = any(%(users)s::uuid[]))"
            for table in ("chat_channel_messages", "chat_search")
        ]
        parts.append("select t::text from public.chat_search_due t where id = any(%(made)s::uuid[])")
        parts.append("select t::text from public.chat_search_words t where starts_with(word, %(name)s)")
        parts.append("select t::text from public.chat_search_state t")
        parts.append("select t::text from public.chat_flows t where starts_with(version, %(name)s)")
        parts.append("select t::text from public.chat_ticks t where starts_with(name, %(name)s)")
        parts.append(f"select t::text from public.chat_webhooks t where {_BY_ADDRESS}")
        parts += [
            f"select t::text from public.{table} t"
            f" where webhook_id in (select id from public.chat_webhooks where {_BY_ADDRESS})"
            for table in ("chat_deliveries", "chat_listeners")
        ]
        parts += [
            "select t::text from public.kb_articles t where starts_with(slug, %(name)s)",
            f"select t::text from public.kb_chunks t where article_id in ({_OF_ARTICLES})",
            f"select t::text from public.kb_terms t where article_id in ({_OF_ARTICLES})",
            f"select t::text from public.kb_versions t where article_id in ({_OF_ARTICLES})",
            f"select t::text from public.kb_sources t where article_id in ({_OF_ARTICLES})",
            "select t::text from public.kb_misses t where starts_with(question, %(name)s)",
            "select t::text from public.kb_imports t where starts_with(source, %(name)s)",
            f"select t::text from public.kb_import_items t where import_id in ({_OF_IMPORTS})",
            "select t::text from public.kb_removed t where starts_with(source, %(name)s)",
        ]
        parts.append("select t::text from public.chat_team t")
        parts.append("select t::text from public.kb_assistant_told t")
        users = [self.owner.user, self.other.user, self.nobody.user]
        made = [one for side in (self.owner, self.other) for one in (side.operator, side.gone, side.channel, side.due)]
        made.append(self.nobody.due)
        statement = _DIGEST.format(" union all ".join(parts))
        return db.execute(statement, {"users": users, "made": made, "name": self.name}).fetchone()[0]


def build(db: Connection[Any], owner: str, other: str) -> World:
    """Insert a world of two accounts."""
    name = f"matrix-{uuid.uuid4().hex[:12]}"
    world = World(
        name,
        Side(owner, f"{name}-owner"),
        Side(other, f"{name}-other"),
        Side(new_id(), f"{name}-nobody", is_there=False),
    )
    for side in (world.owner, world.other):
        add_row(db, "chat_flows", {"version": side.flow, "definition": {}})
        add_conversation(db, side.user, id=side.conversation)
        add_conversation(db, side.user, id=side.unread)
        add_message(db, side.user, side.conversation, id=side.message)
        add_message(db, side.user, side.conversation, id=side.last_message)
        add_row(
            db,
            "chat_conversation_reads",
            {"conversation_id": side.conversation, "user_id": side.user, "last_read_seq": 1},
        )
        inquiry = {"client_inquiry_id": new_id(), "flow_version": "v", "step_id": "write", "values": {}}
        add_row(db, "chat_inquiries", {"id": side.inquiry, "user_id": side.user, **inquiry})
        _add_desk(db, world, side)
        _add_knowledge(db, world, side)
    return world


def _add_desk(db: Connection[Any], world: World, side: Side) -> None:
    there = {"conversation_id": side.conversation}
    by = {"operator_id": side.operator}
    add_row(db, "chat_operators", {"id": side.operator, "display_name": world.name})
    note = {"client_note_id": new_id(), "content": "메모"}
    add_row(db, "chat_notes", {"id": side.note, **there, **by, **note})
    add_row(db, "chat_labels", {"id": side.label, "name": f"{world.name}-{side.label}"[:50]})
    add_row(db, "chat_conversation_labels", {**there, "label_id": side.label})
    canned = {"shortcut": f"{world.name}-{side.canned_reply}"[:50], "content": "네"}
    add_row(db, "chat_canned_replies", {"id": side.canned_reply, **canned})
    add_row(
        db, "chat_activities", {"id": side.activity, **there, "type": "conversation.assigned", "actor_kind": "system"}
    )
    add_row(db, "chat_typing", there)
    add_row(db, "chat_presence", {**there, **by})
    add_row(db, "chat_gone", {"conversation_id": side.gone})
    add_row(db, "chat_hours", _hours(side.hours_since))
    add_row(db, "kb_assistant", {"version": side.assistant, "settings": _ASSISTANT})
    add_row(db, "kb_tries", {"id": side.tried, **by, **_TRY})
    add_row(db, "kb_spending", {"id": side.spent, "user_id": side.user, **_SPENT})
    add_row(db, "chat_channels", {"id": side.channel, "name": f"{world.name}-{side.channel}"[:80]})
    add_row(db, "chat_channel_threads", {**there, "contact_id": side.user})
    add_row(db, "chat_channel_messages", {"channel_id": side.channel, "message_id": side.message})
    rule = {"name": f"{world.name}-{side.rule}"[:80], "types": "{x}", "actions": [{"type": "complete"}]}
    add_row(db, "chat_rules", {"id": side.rule, **rule, "is_active": False})
    run = {"rule_id": side.rule, "activity_id": side.activity, "status": "done"}
    add_row(db, "chat_rule_runs", {"id": side.run, **there, **run})
    add_row(db, "chat_jobs", {"id": side.job, **there, "kind": "try"})
    add_row(db, "chat_ticks", {"name": side.flow})
    address = {"url": f"https://{world.name}.example/", "secret": "-"}
    add_row(db, "chat_webhooks", {"id": side.webhook, **address, **_OFF})
    add_row(db, "chat_deliveries", {"id": side.delivery, "webhook_id": side.webhook, "type": world.name})
    add_row(db, "chat_listeners", {"webhook_id": side.webhook, "type": world.name})
    add_row(db, "chat_search", {"message_id": side.message, **_SEARCHED})
    add_row(db, "chat_search_due", {"kind": "contact", "id": side.due})
    add_row(db, "chat_search_words", {"word": side.flow, "share": 0.5})


def _add_knowledge(db: Connection[Any], world: World, side: Side) -> None:
    add_row(db, "kb_articles", {"id": side.article, **_article(f"{world.name}-{side.article}")})
    add_row(db, "kb_chunks", {"id": side.chunk, **_chunk(side.article, world.name)})
    add_row(db, "kb_articles", {"id": side.unsourced, **_article(f"{world.name}-{side.unsourced}")})
    add_row(db, "kb_versions", _version(side.article, 1))
    add_row(db, "kb_sources", _source(side.article, f"{world.name}-{side.article}"))
    asked = {"locale": "ko", "key": side.miss, "question": world.name}
    add_row(db, "kb_misses", {"id": side.miss, **asked})
    add_row(db, "kb_imports", {"id": side.took, "kind": "web", "source": world.name})
    add_row(db, "kb_import_items", {"import_id": side.took, "source": world.name, "outcome": "added"})
    add_row(db, "kb_removed", {"source_kind": "web", "source": side.flow})
    add_row(db, "kb_answers", {"id": side.answer, **_asked(side, side.message)})


def _asked(side: Side, question: str) -> Row:
    owner = {"user_id": side.user, "conversation_id": side.conversation}
    return {**owner, "question_message_id": question, "locale": "ko", "mode": "generative", "state_version": 1}


def _article(slug: str) -> Row:
    published = {"status": "published", "published_at": "2026-01-01"}
    return {"title": slug, "body": "본문", "locale": "ko", "slug": slug, **published}


def _chunk(article: str, text: str) -> Row:
    tokens = {"tokens": "'matrixword'", "title_tokens": "", "question_tokens": ""}
    return {
        "article_id": article,
        "place": 0,
        "title_path": "제목",
        "text": text,
        "digest": text,
        **tokens,
        "codes": "{}",
    }


def _source(article: str, name: str) -> Row:
    return {"article_id": article, "kind": "web", "source": name, "digest": name, "said": {}}


def _version(article: str, version: int) -> Row:
    said = {"title": "제목", "body": "본문", "questions": "{}", "locale": "ko", "status": "draft", "audience": "all"}
    return {"article_id": article, "version": version, **said, "how": "hand"}


def _hours(since: str) -> Row:
    spans, holidays = [{"day": 1, "from": "09:00", "to": "18:00"}], [{"date": "2026-12-25", "name": "성탄절"}]
    return {"since_at": since, "time_zone": "Asia/Seoul", "spans": spans, "holidays": holidays, "always_open": True}


def expected(relation: str, command: str, persona: str) -> dict[str, str]:
    """Return the outcome for each row, as the table says; a relation that is not in it may be used by nobody."""
    of_role = RIGHTS.get(relation, {}).get(PERSONAS[persona], {})
    return dict(zip(ROWS, of_role.get(command, NO).split(), strict=True))


def relations(db: Connection[Any]) -> list[str]:
    """Return every relation of the exposed schema that holds or shows rows."""
    found = db.execute(
        "select relname from pg_class where relnamespace = 'public'::regnamespace"
        " and relkind in ('r', 'p', 'v', 'm', 'f', 'S') order by 1"
    )
    return [row[0] for row in found]


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


Try = Callable[[World, str, str, str, str], str]


def is_refused(found: str) -> bool:
    """Whether an outcome of `over_sql` is an error, after which it is back where it was before the cell."""
    return found not in {"ok", "none"} and not found.endswith(" rows")


def over_sql(db: Connection[Any]) -> Try:
    """Try a cell as the role itself, in this connection's transaction."""

    def attempt(world: World, relation: str, command: str, persona: str, row: str) -> str:
        become(db, PERSONAS[persona], world.user(persona), is_anonymous=persona == "other")
        try:
            return _count(db.execute(*_statement(world, relation, command, persona, row)).rowcount)
        except psycopg.Error as error:
            # Back to before the cell, where the connection was nobody's persona.
            db.execute("rollback to savepoint cell")
            return error.sqlstate or "?"
        finally:
            become_superuser(db)

    return attempt


def over_rest(clients: Mapping[str, httpx.Client]) -> Try:
    """Try a cell through PostgREST, with a client for each persona."""

    def attempt(world: World, relation: str, command: str, persona: str, row: str) -> str:
        client, where = clients[persona], {}
        if command != "insert":
            where = {name: f"eq.{value}" for name, value in world.side(persona, row).key(relation).items()}
        method = {"select": "GET", "insert": "POST", "update": "PATCH", "delete": "DELETE"}[command]
        body = {"insert": world.new_row(relation, persona, row), "update": _change(relation)}.get(command)
        answer = client.request(
            method, f"/{relation}", params=where, json=body, headers={"Prefer": "return=representation"}
        )
        if answer.is_success:
            return _count(len(answer.json()))
        code = str(answer.json().get("code"))
        return code if answer.status_code in _statuses(persona, code) else f"{answer.status_code} {code}"

    return attempt


def mismatches(
    db: Connection[Any],
    attempt: Try,
    worlds: Iterator[tuple[World, str]],
    cells: list[tuple[str, str, str]],
    *,
    is_undone: Callable[[str], bool] = lambda _: False,
) -> list[str]:
    """Try cells (relation, command, persona) on every row; return those that came out otherwise than the table says.

    `worlds` gives a world that is whole, and its digest; it is asked again after each cell. What changed is looked at
    as superuser, unless the attempt has taken back by itself what an outcome may have left.
    """
    wrong = []
    for relation, command, persona in cells:
        for row, wanted in expected(relation, command, persona).items():
            world, before = next(worlds)
            found = attempt(world, relation, command, persona, row)
            has_changed = not is_undone(found) and world.digest(db) != before
            name = f"{persona} {command} {relation} {row}"
            if found != wanted:
                wrong.append(f"{name}: {found} instead of {wanted}")
            if has_changed is not (wanted == "ok" and command != "select"):
                wrong.append(f"{name}: rows {'changed' if has_changed else 'stayed'} ({found})")
    return wrong


def _change(relation: str) -> Row:
    # One row for everybody, so that no cell finds it as it was.
    one_row = {
        "chat_search_state": "counted",
        "chat_team": "expected_reply_seconds",
        "kb_assistant_told": "version",
    }  # fmt: skip
    return {one_row[relation]: next(_NUMBERS)} if relation in one_row else _CHANGES[relation]


def _statuses(persona: str, code: str) -> set[int]:
    if code == "42501":
        return {401} if persona == "anon" else {403}
    # PostgREST has no better word for a view that cannot be written.
    return {500} if code == "55000" else set(range(400, 500))


def _count(rows: int) -> str:
    return {0: "none", 1: "ok"}.get(rows, f"{rows} rows")


def _statement(
    world: World, relation: str, command: str, persona: str, row: str
) -> tuple[sql.Composed, dict[str, Any] | list[Any]]:
    table = sql.SQL("public.{}").format(sql.Identifier(relation))
    if command == "insert":
        new = world.new_row(relation, persona, row)
        names = sql.SQL(", ").join(map(sql.Identifier, new))
        marks = sql.SQL(", ").join([sql.Placeholder()] * len(new))
        return sql.SQL("insert into {} ({}) values ({})").format(table, names, marks), _plain(new)
    (name, value), *_ = world.side(persona, row).key(relation).items()
    where = sql.SQL("where {} = %s").format(sql.Identifier(name))
    if command == "update":
        (column, changed), *_ = _change(relation).items()
        change = sql.SQL("update {} set {} = %s {}").format(table, sql.Identifier(column), where)
        return change, [*_plain({column: changed}), value]
    if command == "select":
        # By name: a table that came from a legacy database may have columns of the site's own, which are nobody's here.
        # That `*` may be asked for where there are none, test_access.py holds.
        names = sorted(READABLE.get((relation, command), ()))
        columns = sql.SQL(", ").join(map(sql.Identifier, names)) if names else sql.SQL("*")
        return sql.SQL("select {} from {} {}").format(columns, table, where), [value]
    return sql.SQL("delete from {} {}").format(table, where), [value]


def _plain(row: Row) -> list[Any]:
    def is_json(value: Any) -> bool:
        return isinstance(value, dict) or (isinstance(value, list) and isinstance(next(iter(value), None), dict))

    return [Jsonb(value) if is_json(value) else value for value in row.values()]
