-- Every version of the dialogue that a conversation ever began with.

create table public.chat_flows (
  version text primary key,
  definition jsonb not null,
  created_at timestamptz not null default now(),
  constraint chat_flows_version_length check (char_length(version) between 1 and 64),
  constraint chat_flows_definition_size check (octet_length(definition::text) <= 1048576)
);

comment on table public.chat_flows is
  'Flow versions in use. A conversation keeps the version that it began with, so editing a flow never breaks an open one.';
comment on column public.chat_flows.version is 'Hash of the definition: another text is another version.';
comment on column public.chat_flows.definition is 'The whole flow as data, in the form that the engine loads.';
comment on column public.chat_flows.created_at is 'When the first conversation of this version was opened.';

-- Flows: what the bot can say is no secret among members. Written by the service, and never changed.

alter table public.chat_flows enable row level security;

revoke all on public.chat_flows from public, anon, authenticated, service_role;
-- Column by column: xmin and ctid are not among them.
grant select (
  version, definition, created_at
) on public.chat_flows to authenticated;
grant select, insert on public.chat_flows to service_role;

create policy select_all on public.chat_flows for select to authenticated using (true);
