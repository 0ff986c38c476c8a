-- What the assistant is told to do: each change is a version, and the newest holds.

create table public.kb_assistant (
  version integer primary key,
  settings jsonb not null,
  operator_id uuid references public.chat_operators (id) on delete set null,
  created_at timestamptz not null default clock_timestamp(),
  constraint kb_assistant_version check (version > 0),
  constraint kb_assistant_settings check (
    octet_length(settings::text) <= 262144
    and settings ?& array[
      'mode', 'tone', 'policy', 'rules', 'forbidden_topics', 'greeting', 'handover', 'allowed_links', 'budgets'
    ]
    and settings - array[
      'mode', 'tone', 'policy', 'rules', 'forbidden_topics', 'greeting', 'handover', 'allowed_links', 'budgets'
    ] = '{}'
    and coalesce(settings ->> 'mode', '') in ('off', 'extractive', 'generative')
  )
);
create index kb_assistant_operator_idx on public.kb_assistant (operator_id);

comment on table public.kb_assistant is 'What the assistant is told to do, a row a version; the newest holds. Never changed.';
comment on column public.kb_assistant.version is 'Counts the changes, from 1: what is shipped.';
comment on column public.kb_assistant.settings is 'All of it: mode, tone, policy, rules, forbidden_topics, greeting, handover, allowed_links, budgets (millionths of the currency that the model''s prices are in).';
comment on column public.kb_assistant.operator_id is 'Who changed it; null for what is shipped, and once they are gone.';
comment on column public.kb_assistant.created_at is 'When.';

create table public.kb_assistant_told (
  id boolean primary key default true,
  version integer not null,
  mode text not null default 'extractive',
  forbidden_topics jsonb not null default '[]',
  handover_words jsonb not null default '{"ko": "", "en": ""}',
  constraint kb_assistant_told_one check (id),
  constraint kb_assistant_told_mode check (mode in ('off', 'extractive', 'generative'))
);

comment on table public.kb_assistant_told is 'What a turn must know of the newest version of kb_assistant, and members may: one row.';
comment on column public.kb_assistant_told.id is 'True: there is one row.';
comment on column public.kb_assistant_told.version is 'Of which version.';
comment on column public.kb_assistant_told.mode is 'off; extractive: the text of an article, word for word; generative: by a model.';
comment on column public.kb_assistant_told.forbidden_topics is 'What is not talked about, as a list of words.';
comment on column public.kb_assistant_told.handover_words is 'What is said where a person is asked instead: {ko, en}; empty for what the flow says.';

-- The assistant's settings: the service adds versions, nobody changes one.

alter table public.kb_assistant enable row level security;

revoke all on public.kb_assistant from public, anon, authenticated, service_role;
grant select, insert on public.kb_assistant to service_role;

-- What a turn must know of the assistant's settings rides along a member's own request: everybody who has signed in may
-- read it.

alter table public.kb_assistant_told enable row level security;

revoke all on public.kb_assistant_told from public, anon, authenticated, service_role;
-- Column by column: xmin and ctid are not among them.
grant select (id, version, mode, forbidden_topics, handover_words) on public.kb_assistant_told to authenticated;
grant select, update on public.kb_assistant_told to service_role;

drop policy if exists select_all on public.kb_assistant_told;
create policy select_all on public.kb_assistant_told for select to authenticated using (true);

-- What is shipped: answers word for word from articles, and no instruction. Budgets wait for a model.
insert into public.kb_assistant (version, settings)
values (1, '{
  "mode": "extractive",
  "tone": "",
  "policy": "",
  "rules": "",
  "forbidden_topics": [],
  "greeting": {"ko": "", "en": ""},
  "handover": {"when": "", "words": {"ko": "", "en": ""}},
  "allowed_links": [],
  "budgets": {"member_day": 100000, "project_month": 20000000}
}')
on conflict do nothing;
insert into public.kb_assistant_told (version) values (1) on conflict do nothing;
