-- What questions to the articles got, a row a question.

-- Keys to conversations and messages hold those tables for a moment; where a writer is at it, this gives way and is tried again.
set local lock_timeout = '500ms';

create table public.kb_answers (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null,
  conversation_id uuid not null,
  question_message_id uuid not null,
  message_id uuid,
  locale text not null,
  mode text not null,
  outcome text,
  reason text,
  sources jsonb not null default '[]',
  state_version bigint not null,
  model text,
  tokens_in integer,
  tokens_out integer,
  cost_micros bigint,
  helpful boolean,
  created_at timestamptz not null default clock_timestamp(),
  settled_at timestamptz,
  constraint kb_answers_owner_fkey foreign key (user_id, conversation_id)
    references public.chat_conversations (user_id, id) on update cascade on delete cascade,
  constraint kb_answers_question_fkey foreign key (conversation_id, question_message_id)
    references public.chat_messages (conversation_id, id) on delete cascade,
  constraint kb_answers_message_fkey foreign key (conversation_id, message_id)
    references public.chat_messages (conversation_id, id) on delete cascade,
  constraint kb_answers_locale check (locale in ('ko', 'en')),
  constraint kb_answers_mode check (mode in ('extractive', 'generative')),
  constraint kb_answers_outcome check (
    outcome in ('answered', 'clarified', 'handed_over', 'refused', 'unknown', 'dropped')
  ),
  constraint kb_answers_reason check (char_length(reason) <= 200),
  constraint kb_answers_sources check (jsonb_typeof(sources) = 'array' and octet_length(sources::text) <= 65536),
  constraint kb_answers_settled check ((outcome is null) = (settled_at is null)),
  constraint kb_answers_answered check (outcome is distinct from 'answered' or message_id is not null and sources <> '[]')
);
create unique index kb_answers_question_key on public.kb_answers (conversation_id, question_message_id);
create index kb_answers_owner_idx on public.kb_answers (user_id, conversation_id);
create index kb_answers_message_idx on public.kb_answers (conversation_id, message_id) where message_id is not null;
create index kb_answers_place_idx on public.kb_answers (created_at desc, id desc);
create index kb_answers_open_idx on public.kb_answers (created_at) where outcome is null;

comment on table public.kb_answers is 'What questions to the articles got, a row a question; written with what is said to it.';
comment on column public.kb_answers.id is 'Key, made by the database.';
comment on column public.kb_answers.user_id is 'Whose conversation it is.';
comment on column public.kb_answers.conversation_id is 'In which conversation. It goes with it.';
comment on column public.kb_answers.question_message_id is 'The question.';
comment on column public.kb_answers.message_id is 'The message that answers it, or says why not; null where nothing was said.';
comment on column public.kb_answers.locale is 'The language of the question.';
comment on column public.kb_answers.mode is 'extractive: word for word, in the turn. generative: by a model, after it.';
comment on column public.kb_answers.outcome is 'answered, clarified, handed_over, refused, unknown or dropped; null while it is looked into.';
comment on column public.kb_answers.reason is 'Why, in a word, where it was not answered.';
comment on column public.kb_answers.sources is 'What the answer stands on, as its message tells it.';
comment on column public.kb_answers.state_version is 'Of the conversation after the turn of the question: an answer that comes later is for that state alone.';
comment on column public.kb_answers.model is 'Which model was asked, if one was.';
comment on column public.kb_answers.tokens_in is 'Tokens that it was given.';
comment on column public.kb_answers.tokens_out is 'Tokens that it gave.';
comment on column public.kb_answers.cost_micros is 'What it cost, in millionths of the currency that the prices are in.';
comment on column public.kb_answers.helpful is 'What the customer thought of it; null where they did not say.';
comment on column public.kb_answers.created_at is 'When it was asked.';
comment on column public.kb_answers.settled_at is 'When it was answered, or dropped; null while it is looked into.';

-- What questions got: the service's alone.

alter table public.kb_answers enable row level security;

revoke all on public.kb_answers from public, anon, authenticated, service_role;
grant select, insert, update on public.kb_answers to service_role;
