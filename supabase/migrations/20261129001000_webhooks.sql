-- Whom other systems tell: webhooks, what was sent to them, and who listens to which kind of activity. The service's alone.

-- A key to conversations holds their table for a moment; where a writer is at it, this gives way and is tried again.
set local lock_timeout = '500ms';

create table public.chat_webhooks (
  id uuid primary key default gen_random_uuid(),
  url text not null,
  types text[] not null default '{}',
  is_active boolean not null default true,
  secret text not null,
  previous_secret text,
  rotated_at timestamptz,
  failing_since timestamptz,
  disabled_reason text,
  created_at timestamptz not null default now(),
  constraint chat_webhooks_url check (url ~ '^https?://' and char_length(url) <= 2048),
  constraint chat_webhooks_types check (cardinality(types) <= 100),
  constraint chat_webhooks_secret check (char_length(secret) <= 2048 and char_length(previous_secret) <= 2048),
  constraint chat_webhooks_disabled check (disabled_reason in ('by_hand', 'gone', 'failing')),
  constraint chat_webhooks_active check (is_active = (disabled_reason is null))
);

comment on table public.chat_webhooks is 'Where other systems are told what happened.';
comment on column public.chat_webhooks.id is 'Key, made by the database.';
comment on column public.chat_webhooks.url is 'Whither it is sent.';
comment on column public.chat_webhooks.types is 'Which types of activities.';
comment on column public.chat_webhooks.is_active is 'Whether anything is sent.';
comment on column public.chat_webhooks.secret is 'What signs, encrypted by the service.';
comment on column public.chat_webhooks.previous_secret is 'What signs beside it for a day after a rotation, encrypted by the service.';
comment on column public.chat_webhooks.rotated_at is 'When the secret was last changed.';
comment on column public.chat_webhooks.failing_since is 'Since when every attempt has failed; null where the last one succeeded.';
comment on column public.chat_webhooks.disabled_reason is 'Why nothing is sent: by_hand, gone (it answered 410) or failing (for five days).';
comment on column public.chat_webhooks.created_at is 'When it was made.';

create table public.chat_deliveries (
  id uuid primary key default gen_random_uuid(),
  webhook_id uuid not null references public.chat_webhooks (id) on delete cascade,
  activity_id uuid references public.chat_activities (id) on delete cascade,
  conversation_id uuid,
  type text not null,
  rev bigint,
  has_content boolean not null default false,
  rule_id uuid,
  round integer not null default 1,
  state text not null default 'waiting',
  attempts integer not null default 0,
  code integer,
  ms integer,
  answer text,
  error text,
  sent_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  constraint chat_deliveries_state check (state in ('waiting', 'delivered', 'failed')),
  constraint chat_deliveries_round check (round >= 1),
  constraint chat_deliveries_answer check (octet_length(answer) <= 4096),
  constraint chat_deliveries_error check (char_length(error) <= 100)
);
create unique index chat_deliveries_key on public.chat_deliveries (activity_id, webhook_id, rule_id, round)
  nulls not distinct where activity_id is not null;
create index chat_deliveries_place_idx on public.chat_deliveries (webhook_id, created_at desc, id desc);
create index chat_deliveries_old_idx on public.chat_deliveries (created_at) where state <> 'waiting';

comment on table public.chat_deliveries is 'What is sent to a webhook, a row for each. Its text is made when it is sent. It goes with its activity.';
comment on column public.chat_deliveries.id is 'Key, made by the database: what is sent as webhook-id, at every attempt.';
comment on column public.chat_deliveries.webhook_id is 'To whom.';
comment on column public.chat_deliveries.activity_id is 'What happened; null for a try.';
comment on column public.chat_deliveries.conversation_id is 'The activity''s conversation.';
comment on column public.chat_deliveries.type is 'The activity''s type, or webhook.test.';
comment on column public.chat_deliveries.rev is 'The count of the conversation when it happened.';
comment on column public.chat_deliveries.has_content is 'Whether the message itself is sent along: to the webhook of its channel.';
comment on column public.chat_deliveries.rule_id is 'The rule that wanted it sent; null where the webhook listens itself.';
comment on column public.chat_deliveries.round is 'Counts how often the same is sent as something new: more than 1 where a message is tried again.';
comment on column public.chat_deliveries.state is 'waiting, delivered, or failed: not tried again.';
comment on column public.chat_deliveries.attempts is 'How often it was sent.';
comment on column public.chat_deliveries.code is 'The status of the last answer; null where there was none.';
comment on column public.chat_deliveries.ms is 'How many milliseconds the last attempt took.';
comment on column public.chat_deliveries.answer is 'The first KB of the last answer.';
comment on column public.chat_deliveries.error is 'Why there was no answer, in a word.';
comment on column public.chat_deliveries.sent_at is 'When it was last sent.';
comment on column public.chat_deliveries.created_at is 'When it was to be sent first.';

-- So few that a turn pays one probe for them.
create table public.chat_listeners (
  id uuid primary key default gen_random_uuid(),
  type text not null,
  webhook_id uuid references public.chat_webhooks (id) on delete cascade,
  rule_id uuid,
  channel text,
  constraint chat_listeners_one check (num_nonnulls(webhook_id, rule_id) = 1)
);
create unique index chat_listeners_key on public.chat_listeners (type, webhook_id, rule_id, channel) nulls not distinct;
create index chat_listeners_webhook_idx on public.chat_listeners (webhook_id);

comment on table public.chat_listeners is 'Who is told of which type of activity, kept by what saves webhooks, rules and channels. Of rules only those that are active.';
comment on column public.chat_listeners.id is 'Key, made by the database.';
comment on column public.chat_listeners.type is 'The type.';
comment on column public.chat_listeners.webhook_id is 'The webhook that is told.';
comment on column public.chat_listeners.rule_id is 'The rule that is told; null where it is a webhook.';
comment on column public.chat_listeners.channel is 'Only of this channel''s conversations, of what the team and its rules do there, and with the message; null for all.';

-- Webhooks: the service's alone.

alter table public.chat_webhooks enable row level security;

revoke all on public.chat_webhooks from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_webhooks to service_role;

-- Deliveries: the service's alone.

alter table public.chat_deliveries enable row level security;

revoke all on public.chat_deliveries from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_deliveries to service_role;

-- Who listens: the service's alone.

alter table public.chat_listeners enable row level security;

revoke all on public.chat_listeners from public, anon, authenticated, service_role;
grant select, insert, delete on public.chat_listeners to service_role;
