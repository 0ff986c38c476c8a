"""The baseline as data, and what a live schema may have besides or instead. Each entry has its test.

Belongs here: words that the looks compare with. Does not belong here: how anything is found.
"""

TABLES = ("chat_conversations", "chat_messages")

# Column -> type. A test compares them with what the baseline makes.
COLUMNS: dict[str, dict[str, str]] = {
    "chat_conversations": {
        "id": "uuid",
        "user_id": "uuid",
        "status": "text",
        "created_at": "timestamp with time zone",
        "updated_at": "timestamp with time zone",
    },
    "chat_messages": {
        "id": "uuid",
        "conversation_id": "uuid",
        "type": "text",
        "content": "text",
        "is_read": "boolean",
        "created_at": "timestamp with time zone",
    },
}
# The contract step drops these: nothing else may use them then.
GOING = {"chat_conversations": ("updated_at",), "chat_messages": ("type", "is_read")}

# Without NULL in the baseline, and the line relies on it. The others may be nullable or not, as they like.
REQUIRED = {("chat_conversations", "id"), ("chat_conversations", "created_at")} | {
    ("chat_messages", name) for name in ("id", "conversation_id", "created_at")
}
# Defaults that are as good as the baseline's. None: no default. A column that is missing here may have any: expand puts
# its own in their place and undo puts them back, or the triggers write the column whatever its default says.
DEFAULTS: dict[tuple[str, str], set[str | None]] = {
    ("chat_conversations", "id"): {"gen_random_uuid()", "extensions.uuid_generate_v4()", "uuid_generate_v4()"},
    ("chat_messages", "id"): {"gen_random_uuid()", "extensions.uuid_generate_v4()", "uuid_generate_v4()"},
    ("chat_conversations", "status"): {"'active'::text", "'open'::text"},
    ("chat_messages", "conversation_id"): {None},
    ("chat_messages", "content"): {None},
}
# Any default, as long as there is one where NULL is refused: nothing puts ours there, as expand does for messages.
MUST_HAVE_DEFAULT = {("chat_conversations", "created_at"), ("chat_conversations", "updated_at")}
# Words that must pass a CHECK which looks at one of these columns alone.
MUST_PASS = {
    ("chat_conversations", "status"): ("active", "open", "closed", "completed"),
    ("chat_messages", "type"): ("user", "bot", "system", "chips", "form"),
}
# Whatever they do at a delete: the contract step puts keys of our own in their place.
FOREIGN_KEYS = {
    "chat_conversations": "FOREIGN KEY (user_id) REFERENCES auth.users(id)",
    "chat_messages": "FOREIGN KEY (conversation_id) REFERENCES chat_conversations(id)",
}
INDEXES = {
    "chat_conversations_user_id_idx": "ON public.chat_conversations USING btree (user_id)",
    "chat_messages_conversation_id_created_at_idx": "ON public.chat_messages USING btree (conversation_id, created_at)",
}
# Supabase's database webhooks: they hand the row on as a whole, whatever its columns are.
TRIGGER_FUNCTIONS = {"supabase_functions.http_request"}
# What a hosted project has of its own.
EVENT_TRIGGERS = {
    "graphql_watch_ddl",
    "graphql_watch_drop",
    "issue_graphql_placeholder",
    "issue_pg_cron_access",
    "issue_pg_graphql_access",
    "issue_pg_net_access",
    "pgrst_ddl_watch",
    "pgrst_drop_watch",
}
MEMBERS = ("anon", "authenticated")
API_ROLES = (*MEMBERS, "service_role")
OLDEST_POSTGRES = 15
