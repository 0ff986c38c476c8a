-- How far the search is: the service's alone.

alter table public.chat_search_state enable row level security;

revoke all on public.chat_search_state from public, anon, authenticated, service_role;
grant select, update on public.chat_search_state to service_role;
