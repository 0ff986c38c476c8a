-- Whoever a conversation belongs to: a member, whose contact bears the account's id, or a person known only from outside.

create table public.chat_contacts (
  id uuid primary key default gen_random_uuid(),
  user_id uuid references auth.users (id) on delete cascade,
  name text,
  email text,
  phone text,
  locale text,
  attributes jsonb not null default '{}',
  blocked_at timestamptz,
  last_seen_at timestamptz,
  last_page_url text,
  created_at timestamptz not null default now(),
  constraint chat_contacts_account check (user_id = id),
  constraint chat_contacts_name_length check (char_length(name) <= 200),
  constraint chat_contacts_email_length check (char_length(email) <= 320),
  constraint chat_contacts_phone_length check (char_length(phone) <= 255),
  constraint chat_contacts_locale_length check (char_length(locale) <= 35),
  constraint chat_contacts_last_page_url_length check (char_length(last_page_url) <= 2048),
  constraint chat_contacts_attributes check (jsonb_typeof(attributes) = 'object' and octet_length(attributes::text) <= 8192)
);

create unique index chat_contacts_account_key on public.chat_contacts (user_id);

comment on table public.chat_contacts is 'Owners of conversations. What is known of them is for operators only: members have no grant here.';
comment on column public.chat_contacts.id is 'Key, and the owner that conversations name; the account''s id where there is an account.';
comment on column public.chat_contacts.user_id is 'The account, with which the contact goes; null for a person known only from outside.';
comment on column public.chat_contacts.name is 'The name, as it was told. Not verified.';
comment on column public.chat_contacts.email is 'The account''s address when the contact was made, or as it was told.';
comment on column public.chat_contacts.phone is 'The account''s number when the contact was made, or as it was told.';
comment on column public.chat_contacts.locale is 'The language that the person reads.';
comment on column public.chat_contacts.attributes is 'What the embedding page says of its visitor. Not verified.';
comment on column public.chat_contacts.blocked_at is 'Since when nothing is taken from them; null where all is well.';
comment on column public.chat_contacts.last_seen_at is 'When they were last there.';
comment on column public.chat_contacts.last_page_url is 'The page on which they were last seen.';
comment on column public.chat_contacts.created_at is 'When it was made.';

-- Contacts: the service's alone. What members hold of themselves stands in their account and in what they said.

alter table public.chat_contacts enable row level security;

revoke all on public.chat_contacts from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_contacts to service_role;
