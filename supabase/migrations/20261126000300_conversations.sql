-- One inquiry of one member. What it is about stands in its messages; where in the flow it is, in `state`.

create table public.chat_conversations (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid(),
  -- A member who writes here without our service need not think of one.
  client_conversation_id uuid not null default gen_random_uuid(),
  status text not null default 'open',
  flow_version text,
  state jsonb,
  state_version bigint not null default 0,
  last_seq bigint not null default 0,
  handled_seq bigint not null default 0,
  message_count integer not null default 0,
  created_at timestamptz not null default now(),
  last_message_at timestamptz not null default now(),
  constraint chat_conversations_contact_fkey
    foreign key (user_id) references public.chat_contacts (id) on delete cascade,
  constraint chat_conversations_flow_version_fkey foreign key (flow_version) references public.chat_flows (version),
  constraint chat_conversations_status check (status in ('open', 'completed')),
  constraint chat_conversations_message_count check (message_count between 0 and 5000),
  constraint chat_conversations_state_size check (octet_length(state::text) <= 65536)
);

create unique index chat_conversations_owner_key on public.chat_conversations (user_id, id);
create unique index chat_conversations_client_key on public.chat_conversations (user_id, client_conversation_id);
create index chat_conversations_recent_idx on public.chat_conversations (user_id, last_message_at desc, id desc);
create index chat_conversations_created_idx on public.chat_conversations (created_at desc, id desc);

comment on table public.chat_conversations is 'One inquiry of one member: open until it is completed.';
comment on column public.chat_conversations.id is 'Key, made by the database.';
comment on column public.chat_conversations.user_id is 'The owner. The database sets it from the token; a member cannot.';
comment on column public.chat_conversations.status is 'open, or completed: then it takes no more messages.';
comment on column public.chat_conversations.created_at is 'When it began.';
comment on column public.chat_conversations.client_conversation_id is
  'The id that the client gave it, unique for its owner: asking for the same conversation twice makes one.';
comment on column public.chat_conversations.flow_version is 'The flow that it began with and keeps.';
comment on column public.chat_conversations.state is 'Where in the flow it stands; null until the opening is written.';
comment on column public.chat_conversations.state_version is 'Counts the changes of state: a writer that saw another number has lost the race.';
comment on column public.chat_conversations.last_seq is 'The last number given to a message; its row lock makes the order of messages the order of commit.';
comment on column public.chat_conversations.handled_seq is 'User messages up to this number have had their replies; later ones are waiting.';
comment on column public.chat_conversations.message_count is 'How many messages it holds, at most 5,000.';
comment on column public.chat_conversations.last_message_at is 'Its latest activity, which orders the list.';

-- Conversations: their owner sees them and begins them. Everything else is the service's.

alter table public.chat_conversations enable row level security;

revoke all on public.chat_conversations from public, anon, authenticated, service_role;
-- Column by column: xmin and ctid are not among them.
grant select (
  id, user_id, status, created_at, client_conversation_id, flow_version, state, state_version, last_seq,
  handled_seq, message_count, last_message_at
) on public.chat_conversations to authenticated;
-- Only the id that the client chose: owner, status and state are not a member's to say.
grant insert (client_conversation_id) on public.chat_conversations to authenticated;
grant select, insert, update, delete on public.chat_conversations to service_role;

create policy select_own on public.chat_conversations for select to authenticated
  using (user_id = (select auth.uid()));

create policy insert_own on public.chat_conversations for insert to authenticated
  with check (user_id = (select auth.uid()) and status = 'open');
