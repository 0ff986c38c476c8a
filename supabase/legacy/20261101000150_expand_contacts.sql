-- Contacts, as the main line makes them, and one for every owner of today. Nobody waits for these rows yet: the trigger
-- that asks for them comes later.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

-- include: ../migrations/20261126000100_contacts.sql

insert into public.chat_contacts (id, user_id, email, phone)
select u.id, u.id, u.email, u.phone from auth.users u
where exists (select from public.chat_conversations c where c.user_id = u.id);
