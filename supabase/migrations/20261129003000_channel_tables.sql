-- API channels: other systems bring messages in and take answers out. A channel's contacts have no account, and no flow
-- runs in their conversations. Members have no grant on any of these tables.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

create table public.chat_channels (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  single_thread boolean not null default false,
  webhook_id uuid references public.chat_webhooks (id) on delete set null,
  key_digest text,
  created_at timestamptz not null default now(),
  deleted_at timestamptz,
  constraint chat_channels_name check (char_length(name) between 1 and 80),
  constraint chat_channels_key check (key_digest ~ '^[0-9a-f]{64}$'),
  constraint chat_channels_deleted check (deleted_at is null or key_digest is null)
);
create unique index chat_channels_key on public.chat_channels (key_digest) where key_digest is not null;
create index chat_channels_webhook_idx on public.chat_channels (webhook_id);

comment on table public.chat_channels is 'Ways for other systems to bring messages in and take answers out. One that was deleted stays: its conversations name it.';
comment on column public.chat_channels.id is 'Key: what the channel of a conversation is called.';
comment on column public.chat_channels.name is 'What the team calls it.';
comment on column public.chat_channels.single_thread is 'Whether all that a contact writes comes together in one conversation.';
comment on column public.chat_channels.webhook_id is 'Where its answers go out.';
comment on column public.chat_channels.key_digest is 'SHA-256 of the key, in hex; null where no key opens it. The key itself is kept nowhere.';
comment on column public.chat_channels.created_at is 'When it was made.';
comment on column public.chat_channels.deleted_at is 'When it was deleted; null while it is there.';

alter table public.chat_contacts
  add column channel_id uuid,
  add column external_id text,
  add constraint chat_contacts_channel_id_fkey foreign key (channel_id) references public.chat_channels (id) not valid,
  -- Whom a channel knows has a name there, and no account.
  add constraint chat_contacts_channel check (
    (channel_id is null) = (external_id is null) and (channel_id is null or user_id is null)
  ) not valid,
  add constraint chat_contacts_external_id_length check (char_length(external_id) between 1 and 255) not valid;

comment on column public.chat_contacts.channel_id is 'The channel that the person is known from; null where it is our own.';
comment on column public.chat_contacts.external_id is 'What the other system calls the person, unique in the channel.';

-- The bot has nothing to say in a channel: nobody there could click.
alter table public.chat_conversations
  add constraint chat_conversations_channel_handling check (channel = 'web' or handling <> 'bot') not valid;

create table public.chat_channel_threads (
  contact_id uuid not null,
  conversation_id uuid not null,
  thread_key text,
  is_single boolean not null default false,
  primary key (contact_id, conversation_id),
  constraint chat_channel_threads_conversation_fkey foreign key (contact_id, conversation_id)
    references public.chat_conversations (user_id, id) on update cascade on delete cascade,
  constraint chat_channel_threads_key_length check (char_length(thread_key) between 1 and 255)
);
-- However many messages come at once: one conversation takes them.
create unique index chat_channel_threads_single_key on public.chat_channel_threads (contact_id) where is_single;
create unique index chat_channel_threads_thread_key
  on public.chat_channel_threads (contact_id, thread_key) where thread_key is not null;

comment on table public.chat_channel_threads is 'Which conversation of a channel''s contact takes what comes in.';
comment on column public.chat_channel_threads.contact_id is 'The contact, who owns the conversation.';
comment on column public.chat_channel_threads.conversation_id is 'The conversation.';
comment on column public.chat_channel_threads.thread_key is 'What the other system calls the thread; null where it names none, or where the conversation is full.';
comment on column public.chat_channel_threads.is_single is 'Whether it takes all that the contact writes, in a channel with a single thread.';

create table public.chat_channel_messages (
  message_id uuid primary key references public.chat_messages (id) on delete cascade,
  channel_id uuid not null references public.chat_channels (id),
  external_message_id text,
  thread_key text,
  attempt integer not null default 1,
  constraint chat_channel_messages_external_length check (char_length(external_message_id) between 1 and 255),
  constraint chat_channel_messages_attempt check (attempt >= 1)
);
create unique index chat_channel_messages_external_key
  on public.chat_channel_messages (channel_id, external_message_id);

comment on table public.chat_channel_messages is 'What a channel knows of a message: what came in, by its name there; what went out more than once.';
comment on column public.chat_channel_messages.message_id is 'The message.';
comment on column public.chat_channel_messages.channel_id is 'The channel.';
comment on column public.chat_channel_messages.external_message_id is 'What the other system calls a message that came in, unique in the channel: sent again it is the same.';
comment on column public.chat_channel_messages.thread_key is 'The thread that it was sent with.';
comment on column public.chat_channel_messages.attempt is 'How often a message that goes out was sent.';

alter table public.chat_channels enable row level security;
alter table public.chat_channel_threads enable row level security;
alter table public.chat_channel_messages enable row level security;

revoke all on public.chat_channels from public, anon, authenticated, service_role;
revoke all on public.chat_channel_threads from public, anon, authenticated, service_role;
revoke all on public.chat_channel_messages from public, anon, authenticated, service_role;
-- A channel is never deleted: its conversations name it.
grant select, insert, update on public.chat_channels to service_role;
grant select, insert, update, delete on public.chat_channel_threads to service_role;
grant select, insert, update, delete on public.chat_channel_messages to service_role;
