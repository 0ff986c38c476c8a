-- What the backfill remembers: where it is, what it could not carry over, what it replaced. Gone with the contract step.

create table private.legacy_rules (
  subject text primary key,
  outcome text not null
);
comment on table private.legacy_rules is 'What an administrator said about rows that explain nothing themselves (backfill --map). The triggers obey it, too.';
comment on column private.legacy_rules.subject is 'type:word, status:word, reason:word, or owner.';
comment on column private.legacy_rules.outcome is 'role/kind, a status, cut, or the id of an account.';

create table private.legacy_quarantine (
  message_id uuid unique,
  conversation_id uuid not null,
  reason text not null,
  seq bigint,
  found_at timestamptz not null default clock_timestamp(),
  constraint legacy_quarantine_key unique nulls not distinct (conversation_id, message_id)
);
comment on table private.legacy_quarantine is
  'Rows that could not be carried over. They are as they were; here is why. No foreign keys: a legacy client may delete what it likes.';
comment on column private.legacy_quarantine.message_id is 'The message; null where it is the conversation itself.';
comment on column private.legacy_quarantine.conversation_id is 'The conversation.';
comment on column private.legacy_quarantine.reason is 'Why, as a word that docs/migrating.md explains.';
comment on column private.legacy_quarantine.seq is 'The place that is kept free for the message.';
comment on column private.legacy_quarantine.found_at is 'When it was found.';

-- It has no primary key, and a publication of all tables wants to know a row by something.
alter table private.legacy_quarantine replica identity full;

create table private.legacy_originals (
  message_id uuid primary key,
  content text
);
comment on table private.legacy_originals is
  'Texts as the legacy client has them, of messages whose text is another now: trimmed, cut or moved into the payload. For the way back.';
comment on column private.legacy_originals.message_id is 'The message.';
comment on column private.legacy_originals.content is 'Its text before.';

create table private.legacy_statuses (
  conversation_id uuid primary key,
  status text,
  given text not null
);
comment on table private.legacy_statuses is 'Statuses as they were, of conversations whose word was replaced. For the way back.';
comment on column private.legacy_statuses.conversation_id is 'The conversation.';
comment on column private.legacy_statuses.status is 'Its status before.';
comment on column private.legacy_statuses.given is 'What stands in its place. Where something else stands by now, somebody said so since.';

create table private.legacy_owners (
  conversation_id uuid primary key
);
comment on table private.legacy_owners is 'Conversations of nobody that a rule gave an owner. For the way back.';
comment on column private.legacy_owners.conversation_id is 'The conversation.';

create table private.legacy_times (
  id uuid not null,
  is_conversation boolean not null,
  created_at timestamptz not null,
  primary key (id, is_conversation)
);
comment on table private.legacy_times is 'Times as they were, where a rule made them possible. For the way back.';
comment on column private.legacy_times.id is 'The message or the conversation.';
comment on column private.legacy_times.is_conversation is 'Which of the two.';
comment on column private.legacy_times.created_at is 'Its time before.';

create table private.backfill_jobs (
  id bigint generated always as identity primary key,
  step text not null,
  options jsonb not null default '{}',
  status text not null default 'running',
  pass integer not null default 1,
  after_id uuid,
  rows_done bigint not null default 0,
  batch_rows integer not null,
  starts integer not null default 0,
  started_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  constraint backfill_jobs_step check (step in ('messages', 'reads', 'undo')),
  constraint backfill_jobs_status check (status in ('running', 'done'))
);
create unique index backfill_jobs_running_key on private.backfill_jobs (step) where status = 'running';
comment on table private.backfill_jobs is 'Runs of scripts/backfill.py. A running one is gone on with where it stopped.';
comment on column private.backfill_jobs.step is 'messages, reads, or undo.';
comment on column private.backfill_jobs.options is 'What it was started with.';
comment on column private.backfill_jobs.status is 'running (also when its process is gone), or done.';
comment on column private.backfill_jobs.pass is 'How many times it has begun at the first conversation.';
comment on column private.backfill_jobs.after_id is 'Conversations up to this id are done in this pass; null at the beginning.';
comment on column private.backfill_jobs.rows_done is 'Rows carried over so far.';
comment on column private.backfill_jobs.batch_rows is 'The size of a batch, as it was last steered.';
comment on column private.backfill_jobs.starts is 'How many processes have worked on it.';

create table private.backfill_batches (
  job_id bigint not null references private.backfill_jobs (id) on delete cascade,
  number bigint not null,
  first_id uuid not null,
  last_id uuid not null,
  conversations integer not null,
  rows_done integer not null,
  rows_quarantined integer not null,
  attempts integer not null,
  duration_ms integer not null,
  committed_at timestamptz not null default clock_timestamp(),
  primary key (job_id, number)
);
comment on table private.backfill_batches is 'One row a committed batch, written in its transaction.';
comment on column private.backfill_batches.first_id is 'The first conversation in it.';
comment on column private.backfill_batches.last_id is 'The last one.';
comment on column private.backfill_batches.attempts is 'How often it was tried: locks that were taken cost an attempt.';
comment on column private.backfill_batches.duration_ms is 'From its first lock to its last statement.';

alter table private.legacy_rules enable row level security;
alter table private.legacy_quarantine enable row level security;
alter table private.legacy_originals enable row level security;
alter table private.legacy_statuses enable row level security;
alter table private.legacy_owners enable row level security;
alter table private.legacy_times enable row level security;
alter table private.backfill_jobs enable row level security;
alter table private.backfill_batches enable row level security;

revoke all on all tables in schema private from public, anon, authenticated, service_role;
