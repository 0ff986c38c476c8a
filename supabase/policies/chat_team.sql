-- The team's hours: everybody who has signed in may read them.

alter table public.chat_team enable row level security;

revoke all on public.chat_team from public, anon, authenticated, service_role;
-- Column by column: xmin and ctid are not among them.
grant select (
  id, time_zone, spans, holidays, always_open, override_open, override_until, online_until, expected_reply_seconds
) on public.chat_team to authenticated;
grant select, update on public.chat_team to service_role;

drop policy if exists select_all on public.chat_team;
create policy select_all on public.chat_team for select to authenticated using (true);
