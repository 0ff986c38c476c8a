-- Columns for the state of a conversation. Each default is a constant, so no row is rewritten.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

-- Conversations that exist now begin to count at a thousand million: their history is numbered below it by the backfill,
-- and sorts before everything that is written meanwhile. The same number in handled_seq says that nobody waits for a
-- reply in that history. The default stays until the trigger that tells old conversations from new ones is there.
alter table public.chat_conversations
  add column if not exists client_conversation_id uuid,
  add column if not exists flow_version text,
  add column if not exists state jsonb,
  add column if not exists state_version bigint not null default 0,
  add column if not exists last_seq bigint not null default 1000000000,
  add column if not exists handled_seq bigint not null default 1000000000,
  add column if not exists message_count integer not null default 0,
  add column if not exists last_message_at timestamptz;

alter table public.chat_conversations
  alter column last_message_at set default now(),
  alter column user_id set default auth.uid();

comment on table public.chat_conversations is 'One inquiry of one member: open until it is completed.';
comment on column public.chat_conversations.id is 'Key, made by the database.';
comment on column public.chat_conversations.user_id is 'The owner. The database sets it from the token; a member cannot.';
comment on column public.chat_conversations.status is 'open, or completed: then it takes no more messages.';
comment on column public.chat_conversations.created_at is 'When it began.';
comment on column public.chat_conversations.updated_at is 'Of the legacy client; the service keeps last_message_at instead.';
comment on column public.chat_conversations.client_conversation_id is
  'The id that the client gave it, unique for its owner: asking for the same conversation twice makes one.';
comment on column public.chat_conversations.flow_version is 'The flow that it began with and keeps.';
comment on column public.chat_conversations.state is 'Where in the flow it stands; null until the opening is written.';
comment on column public.chat_conversations.state_version is 'Counts the changes of state: a writer that saw another number has lost the race.';
comment on column public.chat_conversations.last_seq is 'The last number given to a message; its row lock makes the order of messages the order of commit.';
comment on column public.chat_conversations.handled_seq is 'User messages up to this number have had their replies; later ones are waiting.';
comment on column public.chat_conversations.message_count is 'How many messages it holds, at most 5,000.';
comment on column public.chat_conversations.last_message_at is 'Its latest activity, which orders the list.';
