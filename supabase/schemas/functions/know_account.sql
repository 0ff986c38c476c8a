-- A contact of an account knows what the account says of it, whoever makes the contact.

create or replace function private.know_account() returns trigger
language plpgsql
-- Neither a member nor the service may see accounts, so this runs as its owner. Nobody can call it, and it reads the one
-- account that the contact is of.
security definer
set search_path = ''
as $$
declare
  account record;
begin
  select u.email, u.phone, u.is_anonymous into account from auth.users u where u.id = new.user_id;
  if not found then
    -- A token outlives its account by up to an hour.
    raise exception using errcode = 'PT401', message = 'unauthenticated';
  end if;
  new.email := coalesce(new.email, account.email);
  new.phone := coalesce(new.phone, account.phone);
  new.is_guest := coalesce(account.is_anonymous, false);
  return new;
end
$$;

comment on function private.know_account() is
  'Trigger: fills in address, number and guest of a contact from its account; a contact of no account is refused.';

revoke all on function private.know_account() from public, anon, authenticated, service_role;
