-- The list's view runs with the rights of who asks, so the policies of its tables decide.

revoke all on public.chat_conversation_summaries from public, anon, authenticated, service_role;
grant select on public.chat_conversation_summaries to authenticated, service_role;
