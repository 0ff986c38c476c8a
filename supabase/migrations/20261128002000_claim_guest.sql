-- A guest with a session becomes a member: conversations may change their owner, by one function of the service's.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

-- A new owner is a contact, as the first one is.
create or replace trigger make_contact
  before insert or update of user_id on public.chat_conversations
  for each row execute function private.make_contact();

-- A guest with a session signs in: what was said becomes the member's, all of it or nothing. The account of the guest stays
-- behind, empty and mute, until the service removes it.

create or replace function public.chat_claim_guest(p_guest_id uuid, p_user_id uuid) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  was_blocked_at timestamptz;
  place uuid;
  moved integer := 0;
begin
  if p_guest_id = p_user_id then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'guestAccessToken';
  end if;

  begin
    insert into public.chat_contacts (id, user_id) values (p_guest_id, p_guest_id) on conflict do nothing;
  exception when foreign_key_violation then
    -- The account is gone: this was done before.
    return jsonb_build_object('moved', 0);
  end;
  -- Who begins a conversation holds its owner's row until it is there: it is moved below, or comes too late.
  select c.blocked_at into was_blocked_at from public.chat_contacts c where c.id = p_guest_id for update;

  for place in select c.id from public.chat_conversations c where c.user_id = p_guest_id order by c.id
  loop
    if was_blocked_at is not null or exists (
      select from public.chat_contacts c where c.id = p_user_id and c.blocked_at is not null
    ) then
      raise exception using errcode = 'PT403', message = 'not_allowed';
    end if;
    loop
      begin
        -- Messages, markers and inquiries follow by their keys. Operators see another contact: a change like any other.
        update public.chat_conversations c
          set user_id = p_user_id, rev = c.rev + 1
          where c.id = place and c.user_id = p_guest_id;
        exit;
      exception when unique_violation then
        -- The member has one of this id.
        update public.chat_conversations c
          set client_conversation_id = gen_random_uuid()
          where c.id = place
            and exists (
              select from public.chat_conversations m
              where m.user_id = p_user_id and m.client_conversation_id = c.client_conversation_id
            );
        update public.chat_inquiries i
          set client_inquiry_id = gen_random_uuid()
          where i.user_id = p_guest_id
            and i.conversation_id = place
            and exists (
              select from public.chat_inquiries m
              where m.user_id = p_user_id and m.client_inquiry_id = i.client_inquiry_id
            );
      end;
    end loop;
    moved := moved + 1;
  end loop;

  -- Nothing is taken from the guest any more: it would go with the account.
  update public.chat_contacts c set blocked_at = coalesce(c.blocked_at, now()) where c.id = p_guest_id;
  return jsonb_build_object('moved', moved);
end
$$;

comment on function public.chat_claim_guest(uuid, uuid) is
  'For the service: moves the conversations of an anonymous account to a member; the guest can write nothing afterwards. Repeated, it moves nothing.';

revoke all on function public.chat_claim_guest(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.chat_claim_guest(uuid, uuid) to service_role;
