-- Every conversation has an owner who is a contact. A member's is made with the first one, also for accounts of before.

create or replace function private.make_contact() returns trigger
language plpgsql
-- A member may neither see accounts nor write contacts, so this runs as its owner. Nobody can call it, and it makes
-- nothing but the contact of the account that is to own the conversation.
security definer
set search_path = ''
as $$
begin
  if not exists (select from public.chat_contacts c where c.id = new.user_id) then
    insert into public.chat_contacts (id, user_id, email, phone)
      select u.id, u.id, u.email, u.phone from auth.users u where u.id = new.user_id
      on conflict do nothing;
    -- Two first conversations at once: the other's contact serves both.
    if not found and not exists (select from public.chat_contacts c where c.id = new.user_id) then
      -- A token outlives its account by up to an hour.
      raise exception using errcode = 'PT401', message = 'unauthenticated';
    end if;
  end if;
  return new;
end
$$;

comment on function private.make_contact() is
  'Trigger: makes the contact of a conversation''s owner where there is none; an owner without an account is refused.';

revoke all on function private.make_contact() from public, anon, authenticated, service_role;
