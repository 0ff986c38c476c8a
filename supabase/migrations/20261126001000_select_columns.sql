-- Every column that there is, and not the table: with the table go the columns that Postgres keeps for itself, and xmin
-- and ctid of one's own rows tell how much everybody else writes. A column that is added needs its grant, too.

revoke select on public.chat_conversations from authenticated;
grant select (
  id, user_id, status, created_at, client_conversation_id, flow_version, state, state_version, last_seq,
  handled_seq, message_count, last_message_at
) on public.chat_conversations to authenticated;

revoke select on public.chat_messages from authenticated;
grant select (
  id, conversation_id, content, created_at, user_id, role, kind, payload, client_message_id, request_id, seq,
  turn_id, step_id, event, in_reply_to, answer, answered_at
) on public.chat_messages to authenticated;

revoke select on public.chat_conversation_reads from authenticated;
grant select (
  conversation_id, user_id, last_read_seq, last_read_at
) on public.chat_conversation_reads to authenticated;

revoke select on public.chat_inquiries from authenticated;
grant select (
  id, client_inquiry_id, user_id, conversation_id, message_id, flow_version, step_id, values, locale, status,
  request_id, created_at, done_at, from_guest
) on public.chat_inquiries to authenticated;

revoke select on public.chat_flows from authenticated;
grant select (
  version, definition, created_at
) on public.chat_flows to authenticated;
