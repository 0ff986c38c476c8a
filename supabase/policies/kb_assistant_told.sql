-- What a turn must know of the assistant's settings rides along a member's own request: everybody who has signed in may
-- read it.

alter table public.kb_assistant_told enable row level security;

revoke all on public.kb_assistant_told from public, anon, authenticated, service_role;
-- Column by column: xmin and ctid are not among them.
grant select (id, version, mode, forbidden_topics, handover_words) on public.kb_assistant_told to authenticated;
grant select, update on public.kb_assistant_told to service_role;

drop policy if exists select_all on public.kb_assistant_told;
create policy select_all on public.kb_assistant_told for select to authenticated using (true);
