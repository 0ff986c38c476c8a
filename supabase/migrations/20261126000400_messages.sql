-- What was said. Who speaks (role) and how it is rendered (kind) are two columns; rows are never edited or deleted by members.

create table public.chat_messages (
  id uuid primary key default gen_random_uuid(),
  conversation_id uuid not null,
  user_id uuid not null default auth.uid(),
  seq bigint not null,
  role text not null,
  kind text not null,
  content text,
  payload jsonb,
  client_message_id uuid,
  request_id uuid,
  turn_id uuid,
  step_id text,
  event jsonb,
  in_reply_to uuid,
  answer jsonb,
  answered_at timestamptz,
  -- now() is one value for a whole batch; people would see the same second for question and answer.
  created_at timestamptz not null default clock_timestamp(),
  constraint chat_messages_role_kind check (
    (role = 'user' and kind = 'text')
    or (role = 'bot' and kind in ('text', 'chips', 'form', 'notice'))
    or (role = 'system' and kind in ('text', 'notice'))
  ),
  constraint chat_messages_content_payload check (
    (kind in ('text', 'notice') and content is not null)
    or (kind in ('chips', 'form') and payload is not null and jsonb_typeof(payload) = 'object')
  ),
  -- The white space is what Python's str.strip() takes away; one test feeds both.
  constraint chat_messages_user_content check (
    role <> 'user'
    or (
      char_length(content) between 1 and 4000
      and content = btrim(content, U&'\0009\000A\000B\000C\000D\001C\001D\001E\001F\0020\0085\00A0\1680\2000\2001\2002\2003\2004\2005\2006\2007\2008\2009\200A\2028\2029\202F\205F\3000')
    )
  ),
  constraint chat_messages_content_size check (char_length(content) <= 16000),
  constraint chat_messages_payload_size check (octet_length(payload::text) <= 65536),
  constraint chat_messages_event_size check (octet_length(event::text) <= 65536),
  constraint chat_messages_answer_size check (octet_length(answer::text) <= 65536),
  constraint chat_messages_user_client_id check (role <> 'user' or client_message_id is not null),
  constraint chat_messages_answer_pair check ((answer is null) = (answered_at is null))
);

-- What makes a message one of a kind. The owner leads, because every policy asks for it first; it depends on the
-- conversation, so that a key with it is as strict as one without.
create unique index chat_messages_seq_key on public.chat_messages (user_id, conversation_id, seq);
create unique index chat_messages_client_key on public.chat_messages (conversation_id, client_message_id);
create unique index chat_messages_reply_key on public.chat_messages (conversation_id, in_reply_to);
create unique index chat_messages_conversation_key on public.chat_messages (conversation_id, id);
-- What unread messages are counted by.
create index chat_messages_unread_idx on public.chat_messages (user_id, conversation_id, seq) where role = 'bot';

-- A message belongs to its conversation's owner, and what it answers is in the same conversation.
alter table public.chat_messages
  add constraint chat_messages_owner_fkey
    foreign key (user_id, conversation_id) references public.chat_conversations (user_id, id)
    on update cascade on delete cascade,
  add constraint chat_messages_reply_fkey
    foreign key (conversation_id, in_reply_to) references public.chat_messages (conversation_id, id);

comment on table public.chat_messages is 'What was said, in the order of seq. Rows are never edited or deleted by members.';
comment on column public.chat_messages.id is 'Key; derived for bot messages, so that writing a turn again writes the same rows.';
comment on column public.chat_messages.conversation_id is 'The conversation that it belongs to.';
comment on column public.chat_messages.user_id is 'The owner of the conversation, repeated so that policies need no join; a foreign key keeps it honest.';
comment on column public.chat_messages.role is 'Who speaks: user, bot or system.';
comment on column public.chat_messages.kind is 'How it is rendered: text, chips, form or notice.';
comment on column public.chat_messages.content is 'The text; for chips and form an optional summary.';
comment on column public.chat_messages.payload is 'Chips or fields of an interactive message.';
comment on column public.chat_messages.client_message_id is 'Given by the sender, unique in its conversation: the same message sent again is the same row.';
comment on column public.chat_messages.request_id is 'The request that wrote it, for tracing; not unique.';
comment on column public.chat_messages.seq is 'Its place in the conversation, given by the database in the order of commit.';
comment on column public.chat_messages.turn_id is 'The user message that began its turn (its own id there); the conversation id for the opening.';
comment on column public.chat_messages.step_id is 'The step of the flow that said it.';
comment on column public.chat_messages.event is 'What the person did, where that is more than the text: a chip or the values of a form.';
comment on column public.chat_messages.in_reply_to is 'The interactive message that this answers. Unique: the first answer is the only one.';
comment on column public.chat_messages.answer is 'What was answered to this interactive message, written by the service.';
comment on column public.chat_messages.answered_at is 'When it was answered.';
comment on column public.chat_messages.created_at is 'When it was written, for people; seq is what orders.';

-- Messages: the owner of a conversation reads them all and adds what a user says. Nobody but the service does more.

alter table public.chat_messages enable row level security;

revoke all on public.chat_messages from public, anon, authenticated, service_role;
-- Column by column: xmin and ctid are not among them.
grant select (
  id, conversation_id, content, created_at, user_id, role, kind, payload, client_message_id, request_id, seq,
  turn_id, step_id, event, in_reply_to, answer, answered_at
) on public.chat_messages to authenticated;
-- Not id, user_id, seq, created_at, turn_id, step_id, payload, answer, answered_at.
grant insert (conversation_id, role, kind, content, client_message_id, request_id, in_reply_to, event)
  on public.chat_messages to authenticated;
grant select, insert, update, delete on public.chat_messages to service_role;

create policy select_own on public.chat_messages for select to authenticated
  using (user_id = (select auth.uid()));

create policy insert_own on public.chat_messages for insert to authenticated
  with check (user_id = (select auth.uid()) and role = 'user' and kind = 'text');
