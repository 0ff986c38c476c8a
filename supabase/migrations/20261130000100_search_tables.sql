-- What operators search in, beside what is searched: tokens of messages, notes, inquiries and contacts. Filled after the
-- transactions that write those, by the workers; taken out together with what it is about.

-- A key to messages holds their table for a moment; where a writer is at it, this gives way and is tried again.
set local lock_timeout = '500ms';

create table public.chat_search (
  id uuid not null generated always as (coalesce(message_id, note_id, inquiry_id, contact_id)) stored,
  kind text not null generated always as (
    case
      when message_id is not null then 'message'
      when note_id is not null then 'note'
      when inquiry_id is not null then 'inquiry'
      else 'contact'
    end
  ) stored,
  message_id uuid references public.chat_messages (id) on delete cascade,
  note_id uuid references public.chat_notes (id) on delete cascade,
  inquiry_id uuid references public.chat_inquiries (id) on delete cascade,
  contact_id uuid references public.chat_contacts (id) on delete cascade,
  conversation_id uuid,
  seq bigint,
  said_by text not null,
  created_at timestamptz not null,
  tokens tsvector not null,
  primary key (created_at, id),
  constraint chat_search_one check (num_nonnulls(message_id, note_id, inquiry_id, contact_id) = 1),
  constraint chat_search_said_by check (said_by in ('customer', 'operator', 'bot', 'system', 'rule'))
);
create unique index chat_search_message_key on public.chat_search (message_id) where message_id is not null;
create unique index chat_search_note_key on public.chat_search (note_id) where note_id is not null;
create unique index chat_search_inquiry_key on public.chat_search (inquiry_id) where inquiry_id is not null;
create unique index chat_search_contact_key on public.chat_search (contact_id) where contact_id is not null;
create index chat_search_place_idx on public.chat_search (conversation_id, seq);
-- What is still to be sorted in is read by everybody who looks: sorting by so much is five times cheaper than one by one.
create index chat_search_tokens_idx on public.chat_search using gin (tokens) with (gin_pending_list_limit = 512);

comment on table public.chat_search is 'What operators search in: a row for each message, note, inquiry and contact, written a moment after it. Only operators see it.';
comment on column public.chat_search.id is 'The id of what it is about.';
comment on column public.chat_search.kind is 'message, note, inquiry or contact.';
comment on column public.chat_search.message_id is 'The message that it is about, with which it goes; null for none.';
comment on column public.chat_search.note_id is 'The note that it is about, with which it goes; null for none.';
comment on column public.chat_search.inquiry_id is 'The inquiry that it is about, with which it goes; null for none.';
comment on column public.chat_search.contact_id is 'The contact that it is about, with whom it goes; null for none.';
comment on column public.chat_search.conversation_id is 'Where it was said; null for contacts and for the inquiries of guests.';
comment on column public.chat_search.seq is 'The place of a message in its conversation: all before the last one are here.';
comment on column public.chat_search.said_by is 'customer, operator, bot, system or rule.';
comment on column public.chat_search.created_at is 'When it was said or written.';
comment on column public.chat_search.tokens is 'What it is found by: bigrams() of its text.';

create table public.chat_search_due (
  kind text not null,
  id uuid not null,
  since timestamptz not null default now(),
  primary key (kind, id),
  constraint chat_search_due_kind check (kind in ('conversation', 'note', 'inquiry', 'contact'))
);
create index chat_search_due_since_idx on public.chat_search_due (since);

comment on table public.chat_search_due is 'What is still to be looked at for chat_search: something in it is new or otherwise than before.';
comment on column public.chat_search_due.kind is 'conversation, note, inquiry or contact.';
comment on column public.chat_search_due.id is 'Its id. It may be gone.';
comment on column public.chat_search_due.since is 'When that was last said.';

create table public.chat_search_state (
  id boolean primary key default true,
  branch text,
  seen pg_snapshot,
  filled_to uuid,
  filled_at timestamptz,
  looked_at timestamptz,
  counted_at timestamptz,
  counted bigint not null default 0,
  constraint chat_search_state_one check (id)
);
insert into public.chat_search_state default values;

comment on table public.chat_search_state is 'How far chat_search is: one row.';
comment on column public.chat_search_state.id is 'There is one row.';
comment on column public.chat_search_state.branch is 'Of which history of which database this is said (live_branch).';
comment on column public.chat_search_state.seen is 'What was committed when it was last asked what has changed; null before the first time.';
comment on column public.chat_search_state.filled_to is 'The last conversation of the first walk over all of them, in the order of ids.';
comment on column public.chat_search_state.filled_at is 'When that walk was at its end; null until then.';
comment on column public.chat_search_state.looked_at is 'When it was last asked what has changed.';
comment on column public.chat_search_state.counted_at is 'When words were last counted.';
comment on column public.chat_search_state.counted is 'How many rows there were then, about.';

create table public.chat_search_words (
  word text collate "C" primary key,
  share real not null,
  constraint chat_search_words_share check (share > 0 and share <= 1)
);

comment on table public.chat_search_words is 'How common a token is, of a sample: what is not here is rare.';
comment on column public.chat_search_words.word is 'A token of bigrams().';
comment on column public.chat_search_words.share is 'In which share of the rows of chat_search it is.';

-- What operators search in: the service's alone. No row is changed: what is otherwise than before is written anew.

alter table public.chat_search enable row level security;

revoke all on public.chat_search from public, anon, authenticated, service_role;
grant select, insert, delete on public.chat_search to service_role;

-- What is to be looked at for the search: the service's alone.

alter table public.chat_search_due enable row level security;

revoke all on public.chat_search_due from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_search_due to service_role;

-- How far the search is: the service's alone.

alter table public.chat_search_state enable row level security;

revoke all on public.chat_search_state from public, anon, authenticated, service_role;
grant select, update on public.chat_search_state to service_role;

-- How common words are: the service's alone.

alter table public.chat_search_words enable row level security;

revoke all on public.chat_search_words from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_search_words to service_role;
