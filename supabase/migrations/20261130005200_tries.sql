-- What admins try the assistant with where a model is to be asked: a worker does, and keeps here what came of it.

create table public.kb_tries (
  id uuid primary key default gen_random_uuid(),
  operator_id uuid not null references public.chat_operators (id) on delete cascade,
  question text not null,
  locale text not null,
  audience text not null,
  settings jsonb not null,
  found jsonb not null,
  found_milliseconds double precision not null,
  result jsonb,
  created_at timestamptz not null default clock_timestamp(),
  settled_at timestamptz,
  constraint kb_tries_question check (char_length(question) between 1 and 4000),
  constraint kb_tries_locale check (locale in ('ko', 'en')),
  constraint kb_tries_audience check (audience in ('all', 'members')),
  constraint kb_tries_settled check ((result is null) = (settled_at is null))
);
create index kb_tries_operator_idx on public.kb_tries (operator_id);
create index kb_tries_recent_idx on public.kb_tries (created_at);

comment on table public.kb_tries is 'Tries of the assistant that ask a model, for a day. They are in no conversation.';
comment on column public.kb_tries.id is 'Key, made by the database.';
comment on column public.kb_tries.operator_id is 'Who tries.';
comment on column public.kb_tries.question is 'What is asked.';
comment on column public.kb_tries.locale is 'The language of the question: ko or en.';
comment on column public.kb_tries.audience is 'all: as a guest asks; members: as a member does.';
comment on column public.kb_tries.settings is 'The settings that are tried, as kb_assistant_now has them; they need not be saved.';
comment on column public.kb_tries.found is 'What was found by words, as kb_find has it.';
comment on column public.kb_tries.found_milliseconds is 'How long that took.';
comment on column public.kb_tries.result is 'Prompt, answers of the model, checks, outcome and cost; null until then.';
comment on column public.kb_tries.created_at is 'When it was asked.';
comment on column public.kb_tries.settled_at is 'When it was done; null until then.';

-- Tries of the assistant: the service's alone.

alter table public.kb_tries enable row level security;

revoke all on public.kb_tries from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.kb_tries to service_role;
