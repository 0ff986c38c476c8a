-- How far its owner has read a conversation: one row instead of a flag on every message.

create table public.chat_conversation_reads (
  conversation_id uuid not null,
  user_id uuid not null default auth.uid(),
  last_read_seq bigint not null default 0,
  last_read_at timestamptz not null default now(),
  primary key (conversation_id, user_id),
  -- First the account, then the conversation: the first that is missing is the one that is reported.
  constraint chat_conversation_reads_user_fkey
    foreign key (user_id) references auth.users (id) on delete cascade,
  constraint chat_conversation_reads_owner_fkey
    foreign key (user_id, conversation_id) references public.chat_conversations (user_id, id)
    on update cascade on delete cascade,
  constraint chat_conversation_reads_seq check (last_read_seq >= 0)
);

create index chat_conversation_reads_owner_idx on public.chat_conversation_reads (user_id, conversation_id);

comment on table public.chat_conversation_reads is 'Read markers. They never move backwards and never past the last message.';
comment on column public.chat_conversation_reads.conversation_id is 'The conversation.';
comment on column public.chat_conversation_reads.user_id is 'Who has read: its owner.';
comment on column public.chat_conversation_reads.last_read_seq is 'Messages up to this number are read. This decides.';
comment on column public.chat_conversation_reads.last_read_at is 'When the marker last moved, for people to see.';

-- Read markers: each member keeps their own. The owner of a marker is the owner of the conversation, by foreign key.

alter table public.chat_conversation_reads enable row level security;

revoke all on public.chat_conversation_reads from public, anon, authenticated, service_role;
-- Column by column: xmin and ctid are not among them.
grant select (
  conversation_id, user_id, last_read_seq, last_read_at
) on public.chat_conversation_reads to authenticated;
grant insert (conversation_id, last_read_seq) on public.chat_conversation_reads to authenticated;
grant update (last_read_seq) on public.chat_conversation_reads to authenticated;
grant select, insert, update, delete on public.chat_conversation_reads to service_role;

create policy select_own on public.chat_conversation_reads for select to authenticated
  using (user_id = (select auth.uid()));

create policy insert_own on public.chat_conversation_reads for insert to authenticated
  with check (user_id = (select auth.uid()));

create policy update_own on public.chat_conversation_reads for update to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
