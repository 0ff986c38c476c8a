-- Who speaks (role) and how it is rendered (kind), in two columns instead of one.
-- The legacy client wrote every text; the new one may write chips without.
-- squawk-ignore-file ban-drop-not-null

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

alter table public.chat_messages
  add column if not exists user_id uuid,
  add column if not exists role text,
  add column if not exists kind text,
  add column if not exists payload jsonb,
  add column if not exists client_message_id uuid,
  add column if not exists request_id uuid,
  add column if not exists seq bigint,
  add column if not exists turn_id uuid,
  add column if not exists step_id text,
  add column if not exists event jsonb,
  add column if not exists in_reply_to uuid,
  add column if not exists answer jsonb,
  add column if not exists answered_at timestamptz;

alter table public.chat_messages
  alter column content drop not null,
  alter column user_id set default auth.uid(),
  -- now() is one value for a whole batch; people would see the same second for question and answer.
  alter column created_at set default clock_timestamp();

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
