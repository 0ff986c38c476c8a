-- Flows: what the bot can say is no secret among members. Written by the service, and never changed.

alter table public.chat_flows enable row level security;

revoke all on public.chat_flows from public, anon, authenticated, service_role;
-- Column by column: xmin and ctid are not among them.
grant select (
  version, definition, created_at
) on public.chat_flows to authenticated;
grant select, insert on public.chat_flows to service_role;

drop policy if exists select_all on public.chat_flows;
create policy select_all on public.chat_flows for select to authenticated using (true);
