-- People who answer: operators, what only they see of a conversation, and what happened to it. Members have no grant on any
-- of these tables but chat_team. What customers see of it stands on their conversation and its messages (the next file).

create table public.chat_operators (
  id uuid primary key default gen_random_uuid(),
  user_id uuid unique references auth.users (id) on delete set null,
  display_name text not null,
  avatar_url text,
  role text not null default 'agent',
  is_active boolean not null default true,
  availability text not null default 'offline',
  seen_at timestamptz,
  offline_since timestamptz,
  created_at timestamptz not null default now(),
  constraint chat_operators_name_length check (char_length(display_name) between 1 and 80),
  constraint chat_operators_avatar check (avatar_url ~ '^https?://' and char_length(avatar_url) <= 2048),
  constraint chat_operators_role check (role in ('admin', 'agent')),
  constraint chat_operators_availability check (availability in ('online', 'away', 'offline'))
);

comment on table public.chat_operators is 'The team: who may answer, and who may set things up. Rights are looked up here in every call, never in a token.';
comment on column public.chat_operators.id is 'Key: what assignments, notes and activities name.';
comment on column public.chat_operators.user_id is 'The account; null once it is gone. What they wrote stays under their name.';
comment on column public.chat_operators.display_name is 'What customers and the team read.';
comment on column public.chat_operators.avatar_url is 'A picture, by its address.';
comment on column public.chat_operators.role is 'admin, who also sets things up, or agent.';
comment on column public.chat_operators.is_active is 'Whether they may do anything.';
comment on column public.chat_operators.availability is 'What they chose: online, away or offline. It holds for 60 seconds after seen_at.';
comment on column public.chat_operators.seen_at is 'When their screen last told of itself.';
comment on column public.chat_operators.offline_since is 'Since when they chose to be offline; null while they did not.';
comment on column public.chat_operators.created_at is 'Since when they are in the team.';

-- One row, of which everybody may know: it answers when somebody is there.
create table public.chat_team (
  id boolean primary key default true,
  time_zone text not null default 'Asia/Seoul',
  spans jsonb not null default '[]',
  holidays jsonb not null default '[]',
  always_open boolean not null default true,
  override_open boolean,
  override_until timestamptz,
  online_until timestamptz,
  expected_reply_seconds integer,
  constraint chat_team_one_row check (id),
  constraint chat_team_spans check (jsonb_typeof(spans) = 'array' and octet_length(spans::text) <= 16384),
  constraint chat_team_holidays check (jsonb_typeof(holidays) = 'array' and octet_length(holidays::text) <= 16384),
  constraint chat_team_override check ((override_open is null) = (override_until is null))
);
insert into public.chat_team default values;

comment on table public.chat_team is 'When the team answers, in one row that everybody may read.';
comment on column public.chat_team.id is 'True: there is one row.';
comment on column public.chat_team.time_zone is 'IANA name of the zone in which spans and holidays are meant.';
comment on column public.chat_team.spans is 'Working hours: [{"weekday": 0..6 (Monday is 0), "from": "09:00", "to": "18:00"}], any number a day; "to" at or before "from" ends on the next day.';
comment on column public.chat_team.holidays is 'Dates on which it is closed: [{"date": "2027-01-01", "name": "…"}].';
comment on column public.chat_team.always_open is 'Open at every hour, whatever the spans say.';
comment on column public.chat_team.override_open is 'Open or closed by hand, until override_until.';
comment on column public.chat_team.override_until is 'When the override ends.';
comment on column public.chat_team.online_until is 'Until when somebody counts as online, if no screen tells of itself again.';
comment on column public.chat_team.expected_reply_seconds is 'How long a first answer usually takes; null while nobody knows.';

-- Follows its conversation by a trigger; status, handling, channel and last_message_at are repeated so that each view of the
-- inbox is one walk of one index.
create table public.chat_desk (
  conversation_id uuid primary key references public.chat_conversations (id) on delete cascade,
  status text not null default 'open',
  handling text not null default 'bot',
  channel text not null default 'web',
  pile text not null generated always as (
    case when status <> 'open' then 'completed' when handling = 'bot' then 'bot' else 'people' end
  ) stored,
  last_message_at timestamptz not null default now(),
  assignee_id uuid references public.chat_operators (id) on delete set null,
  assigned_at timestamptz,
  priority text not null default 'normal',
  snoozed_until timestamptz,
  waiting_since timestamptz,
  first_answered_at timestamptz,
  answered_seq bigint not null default 0,
  changes bigint not null default 0,
  customer_rev bigint not null default 0,
  customer_cx xid8,
  -- Here and not beside what customers read: it counts every transaction of the database.
  cx xid8 not null default pg_current_xact_id(),
  rev_cx xid8 not null default pg_current_xact_id(),
  constraint chat_desk_priority check (priority in ('low', 'normal', 'high', 'urgent')),
  constraint chat_desk_handling check (handling in ('bot', 'waiting', 'agent'))
);
create index chat_desk_cx_idx on public.chat_desk (cx);
create index chat_desk_recent_idx on public.chat_desk (last_message_at desc, conversation_id desc);
create index chat_desk_waiting_idx on public.chat_desk (waiting_since, conversation_id)
  where status = 'open' and handling = 'waiting';
create index chat_desk_pile_idx on public.chat_desk (pile, last_message_at desc, conversation_id desc);
create index chat_desk_unassigned_idx on public.chat_desk (last_message_at desc, conversation_id desc)
  where pile = 'people' and assignee_id is null;
create index chat_desk_mine_idx on public.chat_desk (assignee_id, last_message_at desc, conversation_id desc)
  where status = 'open' and assignee_id is not null;
create index chat_desk_assignee_idx on public.chat_desk (assignee_id, last_message_at desc, conversation_id desc)
  where assignee_id is not null;
create index chat_desk_channel_idx on public.chat_desk (channel, last_message_at desc, conversation_id desc)
  where channel <> 'web';
create index chat_desk_snoozed_idx on public.chat_desk (last_message_at desc, conversation_id desc)
  where status = 'open' and snoozed_until is not null;
create index chat_desk_due_idx on public.chat_desk (snoozed_until, conversation_id)
  where snoozed_until is not null;

comment on table public.chat_desk is 'What only operators see of a conversation, a row each; it follows its conversation.';
comment on column public.chat_desk.conversation_id is 'The conversation.';
comment on column public.chat_desk.status is 'As the conversation has it.';
comment on column public.chat_desk.handling is 'As the conversation has it.';
comment on column public.chat_desk.channel is 'As the conversation has it.';
comment on column public.chat_desk.pile is 'Where lists look for it: bot, people (open, and a person is wanted or has it) or completed.';
comment on column public.chat_desk.last_message_at is 'As the conversation has it.';
comment on column public.chat_desk.assignee_id is 'The operator who has it.';
comment on column public.chat_desk.assigned_at is 'Since when they have it.';
comment on column public.chat_desk.priority is 'low, normal, high or urgent.';
comment on column public.chat_desk.snoozed_until is 'Put aside until then, or until the customer writes.';
comment on column public.chat_desk.waiting_since is 'Since when the customer waits for a person; null while nobody is owed an answer.';
comment on column public.chat_desk.first_answered_at is 'When a person first answered.';
comment on column public.chat_desk.answered_seq is 'The last message when an operator last wrote or claimed it: what the customer wrote after it is unread by the team.';
comment on column public.chat_desk.changes is 'Counts the changes that only operators see.';
comment on column public.chat_desk.customer_rev is 'What rev and changes came to when the customer last wrote: who has seen less has not seen that.';
comment on column public.chat_desk.customer_cx is 'The transaction in which the customer last wrote.';
comment on column public.chat_desk.cx is 'The transaction that last changed the conversation or this row: the live feed asks by it.';
comment on column public.chat_desk.rev_cx is 'The transaction that last changed what the customer sees: only of that are customers told.';

create table public.chat_gone (
  conversation_id uuid primary key,
  gone_at timestamptz not null default now(),
  cx xid8 not null default pg_current_xact_id()
);
create index chat_gone_cx_idx on public.chat_gone (cx);
create index chat_gone_old_idx on public.chat_gone (gone_at);

comment on table public.chat_gone is 'Conversations that were deleted, for a day, so that screens let go of them.';
comment on column public.chat_gone.conversation_id is 'The conversation that was.';
comment on column public.chat_gone.gone_at is 'When it went.';
comment on column public.chat_gone.cx is 'The transaction in which it went.';

create table public.chat_notes (
  id uuid primary key default gen_random_uuid(),
  conversation_id uuid not null references public.chat_conversations (id) on delete cascade,
  operator_id uuid not null references public.chat_operators (id),
  client_note_id uuid not null,
  content text not null,
  created_at timestamptz not null default clock_timestamp(),
  edited_at timestamptz,
  constraint chat_notes_content check (char_length(content) between 1 and 16000)
);
create unique index chat_notes_client_key on public.chat_notes (conversation_id, client_note_id);
create index chat_notes_place_idx on public.chat_notes (conversation_id, created_at, id);
create index chat_notes_operator_idx on public.chat_notes (operator_id);

comment on table public.chat_notes is 'What operators write for each other. In no answer to a customer, by any way.';
comment on column public.chat_notes.id is 'Key, made by the database.';
comment on column public.chat_notes.conversation_id is 'The conversation that it is about.';
comment on column public.chat_notes.operator_id is 'Who wrote it, and alone may change it.';
comment on column public.chat_notes.client_note_id is 'Given by the sender: the same note sent again is the same row.';
comment on column public.chat_notes.content is 'The note.';
comment on column public.chat_notes.created_at is 'When it was written.';
comment on column public.chat_notes.edited_at is 'When it was last changed; null if never.';

create table public.chat_labels (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  color text,
  created_at timestamptz not null default now(),
  constraint chat_labels_name check (char_length(name) between 1 and 50 and name = btrim(name) and name is nfc normalized),
  constraint chat_labels_color check (color ~ '^#[0-9a-f]{6}$')
);
create unique index chat_labels_name_key on public.chat_labels (lower(name));

comment on table public.chat_labels is 'Words that the team sorts conversations by.';
comment on column public.chat_labels.id is 'Key, made by the database.';
comment on column public.chat_labels.name is 'What it is called, once, whatever the case.';
comment on column public.chat_labels.color is 'Its colour: #rrggbb.';
comment on column public.chat_labels.created_at is 'When it was made.';

create table public.chat_conversation_labels (
  conversation_id uuid not null references public.chat_conversations (id) on delete cascade,
  label_id uuid not null references public.chat_labels (id) on delete cascade,
  created_at timestamptz not null default now(),
  primary key (conversation_id, label_id)
);
create index chat_conversation_labels_label_idx on public.chat_conversation_labels (label_id, conversation_id);

comment on table public.chat_conversation_labels is 'Which conversation has which label.';
comment on column public.chat_conversation_labels.conversation_id is 'The conversation.';
comment on column public.chat_conversation_labels.label_id is 'The label.';
comment on column public.chat_conversation_labels.created_at is 'Since when.';

create table public.chat_canned_replies (
  id uuid primary key default gen_random_uuid(),
  operator_id uuid references public.chat_operators (id) on delete cascade,
  shortcut text not null,
  content text not null,
  created_at timestamptz not null default now(),
  constraint chat_canned_replies_shortcut check (char_length(shortcut) between 1 and 50 and shortcut !~ '\s'),
  constraint chat_canned_replies_content check (char_length(content) between 1 and 4000)
);
create unique index chat_canned_replies_shortcut_key
  on public.chat_canned_replies (operator_id, lower(shortcut)) nulls not distinct;

comment on table public.chat_canned_replies is 'Texts that operators send again and again.';
comment on column public.chat_canned_replies.id is 'Key, made by the database.';
comment on column public.chat_canned_replies.operator_id is 'Whose it is; null for everybody''s.';
comment on column public.chat_canned_replies.shortcut is 'What is typed after the slash.';
comment on column public.chat_canned_replies.content is 'The text, with its variables.';
comment on column public.chat_canned_replies.created_at is 'When it was made.';

create table public.chat_activities (
  id uuid primary key default gen_random_uuid(),
  conversation_id uuid references public.chat_conversations (id) on delete cascade,
  type text not null,
  actor_kind text not null,
  actor_id uuid,
  actor_name text,
  data jsonb not null default '{}',
  created_at timestamptz not null default clock_timestamp(),
  constraint chat_activities_type check (char_length(type) between 1 and 60),
  constraint chat_activities_actor check (actor_kind in ('member', 'guest', 'bot', 'operator', 'rule', 'system', 'api')),
  constraint chat_activities_data check (jsonb_typeof(data) = 'object' and octet_length(data::text) <= 16384)
);
create index chat_activities_place_idx on public.chat_activities (conversation_id, created_at, id);
create index chat_activities_team_idx on public.chat_activities (created_at desc, id desc) where conversation_id is null;

comment on table public.chat_activities is 'What happened, to a conversation or to the settings of the team. Never changed; deleted only with the conversation.';
comment on column public.chat_activities.id is 'Key, made by the database.';
comment on column public.chat_activities.conversation_id is 'The conversation; null for a change of the team''s settings.';
comment on column public.chat_activities.type is 'What happened, such as conversation.assigned.';
comment on column public.chat_activities.actor_kind is 'Who did it: member, guest, bot, operator, rule, system or api.';
comment on column public.chat_activities.actor_id is 'The contact''s, operator''s or rule''s key.';
comment on column public.chat_activities.actor_name is 'The name at that time.';
comment on column public.chat_activities.data is 'What it was, by type. Never what a note says.';
comment on column public.chat_activities.created_at is 'When.';

-- Worth nothing after a crash, so not logged.
create unlogged table public.chat_typing (
  id uuid primary key default gen_random_uuid(),
  conversation_id uuid not null references public.chat_conversations (id) on delete cascade,
  operator_id uuid references public.chat_operators (id) on delete cascade,
  typed_at timestamptz not null default now(),
  written_at timestamptz not null default now()
);
create unique index chat_typing_key on public.chat_typing (conversation_id, operator_id) nulls not distinct;
create index chat_typing_operator_idx on public.chat_typing (operator_id);
create index chat_typing_recent_idx on public.chat_typing (typed_at);

comment on table public.chat_typing is 'Who types, forgotten 8 seconds after typed_at.';
comment on column public.chat_typing.id is 'Key, made by the database.';
comment on column public.chat_typing.conversation_id is 'Where.';
comment on column public.chat_typing.operator_id is 'Which operator; null for the customer.';
comment on column public.chat_typing.typed_at is 'When they last did; -infinity once they said that they stopped.';
comment on column public.chat_typing.written_at is 'When this was last written down: not more often than each 3 seconds.';

create unlogged table public.chat_presence (
  operator_id uuid not null references public.chat_operators (id) on delete cascade,
  conversation_id uuid not null references public.chat_conversations (id) on delete cascade,
  seen_at timestamptz not null default now(),
  primary key (operator_id, conversation_id)
);
create index chat_presence_recent_idx on public.chat_presence (seen_at);
create index chat_presence_conversation_idx on public.chat_presence (conversation_id);

comment on table public.chat_presence is 'Which operator looks at which conversation, forgotten 60 seconds after seen_at.';
comment on column public.chat_presence.operator_id is 'Who looks.';
comment on column public.chat_presence.conversation_id is 'At what.';
comment on column public.chat_presence.seen_at is 'When their screen last told so.';

-- Operators: the service's alone. Nobody is deleted: what they wrote names them.

alter table public.chat_operators enable row level security;

revoke all on public.chat_operators from public, anon, authenticated, service_role;
grant select, insert, update on public.chat_operators to service_role;

-- The team's hours: everybody who has signed in may read them.

alter table public.chat_team enable row level security;

revoke all on public.chat_team from public, anon, authenticated, service_role;
-- Column by column: xmin and ctid are not among them.
grant select (
  id, time_zone, spans, holidays, always_open, override_open, override_until, online_until, expected_reply_seconds
) on public.chat_team to authenticated;
grant select, update on public.chat_team to service_role;

create policy select_all on public.chat_team for select to authenticated using (true);

-- The desk: the service's alone. Rows come and go with their conversation, by triggers.

alter table public.chat_desk enable row level security;

revoke all on public.chat_desk from public, anon, authenticated, service_role;
grant select, update on public.chat_desk to service_role;

-- What was deleted: the service reads it, triggers write it.

alter table public.chat_gone enable row level security;

revoke all on public.chat_gone from public, anon, authenticated, service_role;
grant select on public.chat_gone to service_role;

-- Notes: the service's alone.

alter table public.chat_notes enable row level security;

revoke all on public.chat_notes from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_notes to service_role;

-- Labels: the service's alone.

alter table public.chat_labels enable row level security;

revoke all on public.chat_labels from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_labels to service_role;

-- Labels of conversations: the service's alone.

alter table public.chat_conversation_labels enable row level security;

revoke all on public.chat_conversation_labels from public, anon, authenticated, service_role;
grant select, insert, delete on public.chat_conversation_labels to service_role;

-- Canned replies: the service's alone.

alter table public.chat_canned_replies enable row level security;

revoke all on public.chat_canned_replies from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_canned_replies to service_role;

-- Activities: the service adds them. Nobody changes one; it goes with its conversation.

alter table public.chat_activities enable row level security;

revoke all on public.chat_activities from public, anon, authenticated, service_role;
grant select, insert on public.chat_activities to service_role;

-- Who types: the service's alone.

alter table public.chat_typing enable row level security;

revoke all on public.chat_typing from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_typing to service_role;

-- Who looks: the service's alone.

alter table public.chat_presence enable row level security;

revoke all on public.chat_presence from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_presence to service_role;
