-- Every conversation has an owner who is a contact. A member's is made with the first one, also for accounts of before. Who
-- is blocked begins none.

create or replace function private.make_contact() returns trigger
language plpgsql
-- A member may not write contacts, so this runs as its owner. Nobody can call it, and it makes nothing but the contact of
-- the account that is to own the conversation.
security definer
set search_path = ''
as $$
declare
  contact record;
begin
  select o.blocked_at into contact from public.chat_contacts o where o.id = new.user_id;
  if not found then
    -- Two first conversations at once: the other's contact serves both. Its own trigger refuses who has no account (PT401).
    insert into public.chat_contacts (id, user_id) values (new.user_id, new.user_id) on conflict do nothing;
  elsif contact.blocked_at is not null then
    raise exception using errcode = 'PT403', message = 'not_allowed';
  end if;
  return new;
end
$$;

comment on function private.make_contact() is
  'Trigger: makes the contact of a conversation''s owner where there is none; an owner without an account, or who is blocked, is refused.';

revoke all on function private.make_contact() from public, anon, authenticated, service_role;
