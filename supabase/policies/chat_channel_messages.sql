-- What channels know of messages: the service's alone.

alter table public.chat_channel_messages enable row level security;

revoke all on public.chat_channel_messages from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_channel_messages to service_role;
