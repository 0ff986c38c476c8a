-- Activities: the service adds them. Nobody changes one; it goes with its conversation.

alter table public.chat_activities enable row level security;

revoke all on public.chat_activities from public, anon, authenticated, service_role;
grant select, insert on public.chat_activities to service_role;
