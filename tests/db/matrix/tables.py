"""Who may do what with which table and view: the table of the policies, to be read."""

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
    "chat_rule_runs": {"service_role": {**OF_THE_SERVICE, "insert": "ok ok 23503"}},
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
