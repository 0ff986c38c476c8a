-- What rules leave in the tables of before: the chain that an activity comes from, notes of theirs, and since when nobody
-- but rules has written.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

alter table public.chat_activities
  add column causes uuid[] not null default '{}';
-- Whoever writes an activity while a rule acts, a trigger as well, says so without knowing it.
alter table public.chat_activities
  alter column causes set default coalesce(nullif(current_setting('munui.causes', true), '')::uuid[], '{}');
comment on column public.chat_activities.causes is 'The rules that led to it, the first one first; empty for what people did.';

alter table public.chat_notes
  -- A service of before reads a note's author as it is told: a rule is told like an operator (inbox_note).
  -- squawk-ignore ban-drop-not-null
  alter column operator_id drop not null,
  add column rule_id uuid,
  add column rule_name text,
  add constraint chat_notes_author check ((operator_id is null) = (rule_id is not null and rule_name is not null)) not valid;
comment on column public.chat_notes.operator_id is 'Who wrote it, and alone may change it; null where a rule did.';
comment on column public.chat_notes.rule_id is 'The rule that wrote it. Nobody changes such a one.';
comment on column public.chat_notes.rule_name is 'The name of that rule at that time.';

-- Few rows, which nobody but admins writes.
alter table public.chat_listeners
  add constraint chat_listeners_rule_fkey foreign key (rule_id) references public.chat_rules (id) on delete cascade not valid;
-- squawk-ignore require-concurrent-index-creation
create index chat_listeners_rule_idx on public.chat_listeners (rule_id);

alter table public.chat_desk
  add column silent_from timestamptz,
  add column silent_at timestamptz;
comment on column public.chat_desk.silent_from is 'Where a rule was the last to write: since when nobody else has.';
comment on column public.chat_desk.silent_at is 'The last_message_at that it made; silent_from holds while that is still the last.';
