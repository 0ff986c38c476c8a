-- A guest has no account, so a guest's inquiry is known by its client id alone. It stays a guest's when an import gives
-- it an owner: sent once more, by whomever, it is still the same one.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

alter table public.chat_inquiries add column from_guest boolean not null default false;

comment on column public.chat_inquiries.from_guest is
  'Sent by a guest, or brought along by one who signed in: among all of these the client id is unique.';
