"""Who may call which function."""

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
    "kb_begin_import", "kb_cut", "kb_end_import", "kb_free_slug", "kb_import",
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
    "rule_tidy", "webhook_tidy",
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
