-- No statistics on what members may ask for: the planner's estimates look past Row Level Security, and whoever may see an
-- estimate could ask for somebody else's text letter by letter, or how many messages a stranger has. Nothing here is
-- searched by content, and every query of ours goes by a key from its owner on, and needs none.

alter table public.chat_conversations
  alter column id set statistics 0,
  alter column user_id set statistics 0,
  alter column client_conversation_id set statistics 0,
  alter column status set statistics 0,
  alter column flow_version set statistics 0,
  alter column state set statistics 0,
  alter column state_version set statistics 0,
  alter column last_seq set statistics 0,
  alter column handled_seq set statistics 0,
  alter column message_count set statistics 0,
  alter column created_at set statistics 0,
  alter column last_message_at set statistics 0;

alter table public.chat_messages
  alter column id set statistics 0,
  alter column conversation_id set statistics 0,
  alter column user_id set statistics 0,
  alter column seq set statistics 0,
  alter column role set statistics 0,
  alter column kind set statistics 0,
  alter column content set statistics 0,
  alter column payload set statistics 0,
  alter column client_message_id set statistics 0,
  alter column request_id set statistics 0,
  alter column turn_id set statistics 0,
  alter column step_id set statistics 0,
  alter column event set statistics 0,
  alter column in_reply_to set statistics 0,
  alter column answer set statistics 0,
  alter column answered_at set statistics 0,
  alter column created_at set statistics 0;

alter table public.chat_conversation_reads
  alter column conversation_id set statistics 0,
  alter column user_id set statistics 0,
  alter column last_read_seq set statistics 0,
  alter column last_read_at set statistics 0;

alter table public.chat_inquiries
  alter column id set statistics 0,
  alter column client_inquiry_id set statistics 0,
  alter column user_id set statistics 0,
  alter column conversation_id set statistics 0,
  alter column message_id set statistics 0,
  alter column flow_version set statistics 0,
  alter column step_id set statistics 0,
  alter column values set statistics 0,
  alter column locale set statistics 0,
  alter column status set statistics 0,
  alter column request_id set statistics 0,
  alter column created_at set statistics 0,
  alter column done_at set statistics 0,
  alter column from_guest set statistics 0;
