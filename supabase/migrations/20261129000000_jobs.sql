-- Work that is done after the transaction that asked for it, and what comes by itself once a period. The service's alone.

-- A key to conversations holds their table for a moment; where a writer is at it, this gives way and is tried again.
set local lock_timeout = '500ms';

create table public.chat_jobs (
  id uuid primary key default gen_random_uuid(),
  kind text not null,
  payload jsonb not null default '{}',
  dedupe_key text,
  conversation_id uuid references public.chat_conversations (id) on delete cascade,
  order_key text,
  state text not null default 'waiting',
  attempts integer not null default 0,
  max_attempts integer not null default 10,
  run_at timestamptz not null default now(),
  lease_until timestamptz,
  lease_token uuid,
  last_error text,
  created_at timestamptz not null default clock_timestamp(),
  constraint chat_jobs_kind check (char_length(kind) between 1 and 60),
  constraint chat_jobs_payload check (jsonb_typeof(payload) = 'object' and octet_length(payload::text) <= 16384),
  constraint chat_jobs_state check (state in ('waiting', 'running', 'dead')),
  constraint chat_jobs_lease check ((state = 'running') = (lease_until is not null and lease_token is not null)),
  constraint chat_jobs_error check (char_length(last_error) <= 500)
);
-- Whoever waits for whom: a lease that has ended is due again.
create index chat_jobs_due_idx on public.chat_jobs (kind, (coalesce(lease_until, run_at)), created_at, id)
  where state <> 'dead';
create index chat_jobs_order_idx on public.chat_jobs (conversation_id, order_key, created_at, id)
  where conversation_id is not null;
create index chat_jobs_running_idx on public.chat_jobs (kind, order_key) where state = 'running';
create unique index chat_jobs_dedupe_key on public.chat_jobs (kind, dedupe_key) where dedupe_key is not null;
create index chat_jobs_dead_idx on public.chat_jobs (created_at desc, id desc) where state = 'dead';

comment on table public.chat_jobs is 'Work that is done after the transaction that asked for it: at least once. What is done is deleted.';
comment on column public.chat_jobs.id is 'Key, made by the database.';
comment on column public.chat_jobs.kind is 'Who works it: rules, webhook …';
comment on column public.chat_jobs.payload is 'What it is about: ids, never what somebody wrote.';
comment on column public.chat_jobs.dedupe_key is 'A kind has one job of a key at a time.';
comment on column public.chat_jobs.conversation_id is 'The conversation that it is about, with which it goes; null for none.';
comment on column public.chat_jobs.order_key is 'Jobs of one conversation with the same key are first tried in the order in which they were made.';
comment on column public.chat_jobs.state is 'waiting, running, or dead: tried as often as it may be.';
comment on column public.chat_jobs.attempts is 'How often it was begun.';
comment on column public.chat_jobs.max_attempts is 'How often it is begun at most.';
comment on column public.chat_jobs.run_at is 'Not before then.';
comment on column public.chat_jobs.lease_until is 'Until when the worker that has it must be done; then it is anybody''s again.';
comment on column public.chat_jobs.lease_token is 'What only the worker that has it knows.';
comment on column public.chat_jobs.last_error is 'Why the last attempt failed, without anything that somebody wrote.';
comment on column public.chat_jobs.created_at is 'When it was made.';

create table public.chat_ticks (
  name text primary key,
  due_at timestamptz not null default now(),
  constraint chat_ticks_name check (char_length(name) between 1 and 60)
);

comment on table public.chat_ticks is 'What is done once a period, whoever does it.';
comment on column public.chat_ticks.name is 'What.';
comment on column public.chat_ticks.due_at is 'Not before then.';

-- Jobs: the service's alone.

alter table public.chat_jobs enable row level security;

revoke all on public.chat_jobs from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_jobs to service_role;

-- What is done once a period: the service's alone.

alter table public.chat_ticks enable row level security;

revoke all on public.chat_ticks from public, anon, authenticated, service_role;
grant select, insert, update on public.chat_ticks to service_role;
