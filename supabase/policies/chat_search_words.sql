-- How common words are: the service's alone.

alter table public.chat_search_words enable row level security;

revoke all on public.chat_search_words from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_search_words to service_role;
