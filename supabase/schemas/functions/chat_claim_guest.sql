-- A guest who had a session signed in: what was the guest's becomes the member's, once. The owner stands in keys, so that
-- messages, markers and inquiries follow their conversation. The guest's account stays behind, empty and without a voice:
-- the service removes it next, and nothing may be lost with it.

create or replace function public.chat_claim_guest(p_guest_id uuid, p_user_id uuid) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  place uuid;
  lock_id uuid;
  moved integer := 0;
begin
  if p_guest_id = p_user_id then
    return jsonb_build_object('moved', 0);
  end if;
  begin
    insert into public.chat_contacts (id, user_id) values (p_user_id, p_user_id) on conflict do nothing;
    -- The account is held before any conversation, as a deletion does: markers name it. A row that names it holds it.
    insert into public.chat_inquiries (client_inquiry_id, user_id, flow_version, step_id, values)
      values (gen_random_uuid(), p_user_id, '-', '-', '{}')
      returning id into lock_id;
    delete from public.chat_inquiries i where i.id = lock_id;
  exception when foreign_key_violation then
    -- A token outlives its account by up to an hour.
    raise exception using errcode = 'PT401', message = 'unauthenticated';
  end;
  begin
    insert into public.chat_contacts (id, user_id) values (p_guest_id, p_guest_id) on conflict do nothing;
  exception when foreign_key_violation or sqlstate 'PT401' then
    -- The guest's account is gone: this was done before.
    return jsonb_build_object('moved', 0);
  end;
  -- Who begins a conversation holds its owner's row until it is there: it is moved below, or comes too late.
  perform from public.chat_contacts o where o.id = p_guest_id for update;
  -- The block of a guest who has nothing any more is the one from below.
  if exists (
    select from public.chat_contacts o
    where o.blocked_at is not null
      and (
        o.id = p_user_id
        or (o.id = p_guest_id and exists (select from public.chat_conversations c where c.user_id = p_guest_id))
      )
  ) then
    raise exception using errcode = 'PT403', message = 'not_allowed';
  end if;

  -- In one order: of two who claim at once, the second finds nothing any more.
  for place in
    select c.id from public.chat_conversations c
    where c.user_id = p_guest_id
    order by c.last_message_at, c.id
    for update
  loop
    for attempt in 1 .. 10 loop
      begin
        -- A form that both have under one id, each its own: the member's keeps it.
        update public.chat_inquiries i
          set client_inquiry_id = gen_random_uuid()
          where i.user_id = p_guest_id
            and i.conversation_id = place
            and exists (
              select from public.chat_inquiries o
              where o.user_id = p_user_id and o.client_inquiry_id = i.client_inquiry_id
            );
        update public.chat_conversations c
          set user_id = p_user_id,
            client_conversation_id = case
              when exists (
                select from public.chat_conversations o
                where o.user_id = p_user_id and o.client_conversation_id = c.client_conversation_id
              ) then gen_random_uuid()
              else c.client_conversation_id
            end
          where c.id = place and c.user_id = p_guest_id;
        exit;
      exception when unique_violation then
        -- The member began one of this id at this moment: now it is to be seen.
        if attempt = 10 then
          raise;
        end if;
      end;
    end loop;
    update public.chat_desk d set changes = d.changes + 1, cx = pg_current_xact_id() where d.conversation_id = place;
    perform public.chat_tell(
      place, 'contact.updated', jsonb_build_object('contactId', p_user_id, 'formerId', p_guest_id), p_user_id
    );
    moved := moved + 1;
  end loop;
  update public.chat_contacts o set blocked_at = coalesce(o.blocked_at, now()) where o.id = p_guest_id;
  return jsonb_build_object('moved', moved);
end
$$;

comment on function public.chat_claim_guest(uuid, uuid) is
  'For the service, which has seen both tokens: gives a guest''s conversations, with all that belongs to them, to a member; the guest writes nothing any more, and once more it moves nothing. Raises PT401, and PT403 where one of the two is blocked.';

revoke all on function public.chat_claim_guest(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.chat_claim_guest(uuid, uuid) to service_role;
