-- What operators search in: the service's alone. No row is changed: what is otherwise than before is written anew.

alter table public.chat_search enable row level security;

revoke all on public.chat_search from public, anon, authenticated, service_role;
grant select, insert, delete on public.chat_search to service_role;
