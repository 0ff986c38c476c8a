-- For databases of before the lines were parted: everything of 202611010… was applied there, contract and all, and the
-- chat is in use. What the main line has since is added, and the main line's history takes the place of the old one.
-- The runner applies it by itself (scripts/migrations/footing.py). Only local databases can be of that kind.
-- squawk-ignore-file ban-drop-constraint, constraint-missing-not-valid, adding-foreign-key-constraint, ban-drop-view, require-concurrent-index-creation

-- stands for: 20261126001400

create schema if not exists guard;
revoke all on schema guard from public, anon, authenticated, service_role;
grant usage on schema guard to anon, authenticated, service_role;
comment on schema guard is 'What is asked before a request. Not exposed: no API calls anything in here by name.';

-- include: ../migrations/20261126000050_default_privileges.sql
-- include: ../migrations/20261126000100_contacts.sql

insert into public.chat_contacts (id, user_id, email, phone)
select u.id, u.id, u.email, u.phone from auth.users u
where exists (select from public.chat_conversations c where c.user_id = u.id);

alter table public.chat_conversations
  drop constraint chat_conversations_user_id_fkey,
  add constraint chat_conversations_contact_fkey
    foreign key (user_id) references public.chat_contacts (id) on delete cascade;
alter table public.chat_messages drop constraint chat_messages_conversation_id_fkey;
alter table public.chat_inquiries add column if not exists from_guest boolean not null default false;
comment on column public.chat_inquiries.from_guest is
  'Sent by a guest, or brought along by one who signed in: among all of these the client id is unique.';
create unique index if not exists chat_inquiries_guest_key
  on public.chat_inquiries (client_inquiry_id) where from_guest or user_id is null;

-- include: ../migrations/20261126000750_no_statistics.sql

-- Functions whose parameters changed would stay beside the new ones.
do $$
declare
  old regprocedure;
begin
  for old in select p.oid from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname like 'chat\_%' loop
    execute format('drop function %s', old);
  end loop;
end
$$;

drop view public.chat_conversation_summaries;

-- include: ../migrations/20261126000700_summaries.sql
-- include: ../migrations/20261126000800_trigger_functions.sql
-- include: ../migrations/20261126001000_turn_functions.sql
-- include: ../migrations/20261126001050_reply_function.sql
-- include: ../migrations/20261126001100_reading_functions.sql
-- include: ../migrations/20261126001200_guest_functions.sql
-- include: ../migrations/20261126001250_operator_functions.sql
-- include: ../migrations/20261126001300_request_guard.sql
-- include: ../migrations/20261126001400_ask_the_guard.sql
-- include: ../policies/*.sql

create trigger make_contact before insert on public.chat_conversations
  for each row execute function private.make_contact();
