-- Labels of conversations: the service's alone.

alter table public.chat_conversation_labels enable row level security;

revoke all on public.chat_conversation_labels from public, anon, authenticated, service_role;
grant select, insert, delete on public.chat_conversation_labels to service_role;
