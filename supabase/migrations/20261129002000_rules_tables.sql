-- What is to happen by itself: rules, and what became of each when it ran.

create table public.chat_rules (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  position integer not null default 0,
  is_active boolean not null default true,
  types text[] not null default '{}',
  condition jsonb,
  actions jsonb not null,
  waiting_minutes integer,
  silence_minutes integer,
  version bigint not null default 1,
  clock jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint chat_rules_name check (char_length(name) between 1 and 80 and name = btrim(name)),
  constraint chat_rules_types check (cardinality(types) <= 20),
  constraint chat_rules_condition check (jsonb_typeof(condition) = 'object' and octet_length(condition::text) <= 65536),
  constraint chat_rules_actions check (
    jsonb_typeof(actions) = 'array' and jsonb_array_length(actions) between 1 and 20 and octet_length(actions::text) <= 131072
  ),
  -- Something must set it off.
  constraint chat_rules_begins check (
    cardinality(types) > 0 or waiting_minutes is not null or silence_minutes is not null
  ),
  constraint chat_rules_minutes check (waiting_minutes > 0 and silence_minutes > 0)
);
create unique index chat_rules_name_key on public.chat_rules (lower(name));
create index chat_rules_active_idx on public.chat_rules (position, created_at, id) where is_active;

comment on table public.chat_rules is 'What is to happen by itself: on which activities, under which condition, what.';
comment on column public.chat_rules.id is 'Key, made by the database.';
comment on column public.chat_rules.name is 'What the team calls it, once, whatever the case; its actions bear it.';
comment on column public.chat_rules.position is 'Its place among those that the same activity sets off; the older one is first where two have the same.';
comment on column public.chat_rules.is_active is 'Whether it runs at all.';
comment on column public.chat_rules.types is 'The types of activities that set it off.';
comment on column public.chat_rules.condition is 'Under which condition, as the API has it; null for always.';
comment on column public.chat_rules.actions is 'What is done, in this order, as the API has it.';
comment on column public.chat_rules.waiting_minutes is 'The clock sets it off for who has waited so long; read from the condition. Null: not by that.';
comment on column public.chat_rules.silence_minutes is 'The clock sets it off where nobody has written for so long; read from the condition. Null: not by that.';
comment on column public.chat_rules.version is 'Counts its changes: what was computed from an older one is not done.';
comment on column public.chat_rules.clock is 'How far the clock has got among the conversations that it looks at for this rule.';
comment on column public.chat_rules.created_at is 'When it was made.';
comment on column public.chat_rules.updated_at is 'When it was last changed.';

create table public.chat_rule_runs (
  id uuid primary key default gen_random_uuid(),
  rule_id uuid not null references public.chat_rules (id) on delete cascade,
  activity_id uuid,
  conversation_id uuid not null references public.chat_conversations (id) on delete cascade,
  since timestamptz,
  status text not null,
  actions jsonb not null default '[]',
  created_at timestamptz not null default clock_timestamp(),
  constraint chat_rule_runs_status check (status in ('done', 'partial', 'skipped')),
  constraint chat_rule_runs_cause check ((activity_id is null) <> (since is null)),
  constraint chat_rule_runs_actions check (jsonb_typeof(actions) = 'array')
);
-- Exactly once stands here: for an activity, and for a time of waiting or of silence.
create unique index chat_rule_runs_activity_key on public.chat_rule_runs (rule_id, activity_id) where activity_id is not null;
create unique index chat_rule_runs_since_key on public.chat_rule_runs (rule_id, conversation_id, since) where since is not null;
create index chat_rule_runs_recent_idx on public.chat_rule_runs (rule_id, created_at desc, id desc);
create index chat_rule_runs_conversation_idx on public.chat_rule_runs (conversation_id);

comment on table public.chat_rule_runs is 'What became of a rule each time that it ran. Goes with its rule and with its conversation.';
comment on column public.chat_rule_runs.id is 'Key, made by the database.';
comment on column public.chat_rule_runs.rule_id is 'Which rule.';
comment on column public.chat_rule_runs.activity_id is 'What set it off; null where the clock did.';
comment on column public.chat_rule_runs.conversation_id is 'Where.';
comment on column public.chat_rule_runs.since is 'The beginning of the waiting or of the silence that set it off; null where an activity did.';
comment on column public.chat_rule_runs.status is 'done; partial where an action failed; skipped where its own doing would have set it off.';
comment on column public.chat_rule_runs.actions is 'What became of each action: [{type, status: done or failed, error}].';
comment on column public.chat_rule_runs.created_at is 'When.';

-- Rules: the service's alone.

alter table public.chat_rules enable row level security;

revoke all on public.chat_rules from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_rules to service_role;

-- What became of rules: the service's alone. Runs go with their rule and their conversation.

alter table public.chat_rule_runs enable row level security;

revoke all on public.chat_rule_runs from public, anon, authenticated, service_role;
grant select, insert, update on public.chat_rule_runs to service_role;
