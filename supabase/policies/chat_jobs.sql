-- Jobs: the service's alone.

alter table public.chat_jobs enable row level security;

revoke all on public.chat_jobs from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_jobs to service_role;
