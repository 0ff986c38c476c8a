-- Forms that were sent, for an operator to answer.

create table public.chat_inquiries (
  id uuid primary key default gen_random_uuid(),
  client_inquiry_id uuid not null,
  user_id uuid references auth.users (id) on delete cascade,
  conversation_id uuid,
  message_id uuid,
  flow_version text not null,
  step_id text not null,
  values jsonb not null,
  locale text not null default 'ko',
  status text not null default 'new',
  request_id uuid,
  created_at timestamptz not null default now(),
  done_at timestamptz,
  from_guest boolean not null default false,
  constraint chat_inquiries_client_key unique nulls not distinct (user_id, client_inquiry_id),
  constraint chat_inquiries_owner_fkey
    foreign key (user_id, conversation_id) references public.chat_conversations (user_id, id)
    on update cascade on delete cascade,
  constraint chat_inquiries_message_fkey
    foreign key (conversation_id, message_id) references public.chat_messages (conversation_id, id) on delete cascade,
  constraint chat_inquiries_status check (status in ('new', 'done')),
  constraint chat_inquiries_done check ((status = 'done') = (done_at is not null)),
  constraint chat_inquiries_values check (jsonb_typeof(values) = 'object' and octet_length(values::text) <= 65536),
  constraint chat_inquiries_step check (char_length(step_id) between 1 and 100),
  constraint chat_inquiries_flow check (char_length(flow_version) between 1 and 64)
);

-- Of one status, and of all.
create index chat_inquiries_recent_idx on public.chat_inquiries (status, created_at desc, id desc);
create index chat_inquiries_created_idx on public.chat_inquiries (created_at desc, id desc);
-- A guest has no account, so a guest's inquiry is known by its client id alone. It stays a guest's when an import gives it
-- an owner: sent once more, by whomever, it is still the same one.
create unique index chat_inquiries_guest_key
  on public.chat_inquiries (client_inquiry_id) where from_guest or user_id is null;
create index chat_inquiries_owner_idx on public.chat_inquiries (user_id, conversation_id);
create index chat_inquiries_message_idx on public.chat_inquiries (conversation_id, message_id);

comment on table public.chat_inquiries is 'Submitted forms of members and guests. Written by the service, worked on by operators.';
comment on column public.chat_inquiries.id is 'Key, made by the database.';
comment on column public.chat_inquiries.client_inquiry_id is 'Given by the sender: sent again it is the same inquiry. For a member, the clientMessageId of the form.';
comment on column public.chat_inquiries.user_id is 'The member; null for a guest.';
comment on column public.chat_inquiries.conversation_id is 'The member''s conversation.';
comment on column public.chat_inquiries.message_id is 'The user message that submitted the form.';
comment on column public.chat_inquiries.flow_version is 'The flow whose form it was.';
comment on column public.chat_inquiries.step_id is 'The step of that flow.';
comment on column public.chat_inquiries.values is 'What was filled in, by field name, checked against the form.';
comment on column public.chat_inquiries.locale is 'The language in which the visitor saw the form.';
comment on column public.chat_inquiries.status is 'new, or done.';
comment on column public.chat_inquiries.request_id is 'The request that wrote it, for tracing.';
comment on column public.chat_inquiries.created_at is 'When it was submitted.';
comment on column public.chat_inquiries.done_at is 'When an operator closed it.';
comment on column public.chat_inquiries.from_guest is
  'Sent by a guest, or brought along by one who signed in: among all of these the client id is unique.';

-- Inquiries: a member sees the forms that they sent. Writing them, and working on them, is the service's.

alter table public.chat_inquiries enable row level security;

revoke all on public.chat_inquiries from public, anon, authenticated, service_role;
-- Column by column: xmin and ctid are not among them.
grant select (
  id, client_inquiry_id, user_id, conversation_id, message_id, flow_version, step_id, values, locale, status,
  request_id, created_at, done_at, from_guest
) on public.chat_inquiries to authenticated;
grant select, insert, update, delete on public.chat_inquiries to service_role;

create policy select_own on public.chat_inquiries for select to authenticated
  using (user_id = (select auth.uid()));
