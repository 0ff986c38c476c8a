-- The service's half of a turn: the replies, the answers, the inquiries and the new state, together or not at all.
-- Whatever is passed over is recorded, a status changes by the flow's end or by a full conversation and by nothing else,
-- and the owner is locked before the conversation, as a deletion does.

create or replace function public.chat_reply(
  p_user_id uuid,
  p_conversation_id uuid,
  p_message_id uuid,
  p_state_version bigint,
  p_state jsonb,
  p_status text,
  p_turns jsonb,
  p_flow_version text,
  p_flow jsonb default null,
  p_known_flows text[] default '{}'
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  conversation public.chat_conversations;
  turn jsonb;
  reply jsonb;
  asked record;
  handled bigint;
  inquiry_id uuid;
  inquiries uuid[] := '{}';
  takes_messages boolean;
begin
  -- Before the lock: an inquiry names the account, and who deletes that holds it and waits for the conversation. Somebody
  -- who was faster makes this one void; it is taken back below.
  for turn in select t.value from jsonb_array_elements(p_turns) t (value) where t.value -> 'inquiry' <> 'null' loop
    inquiry_id := null;
    begin
      insert into public.chat_inquiries (
        client_inquiry_id, user_id, conversation_id, message_id, flow_version, step_id, values, locale, request_id
      )
      -- Row by row matching: a wrong owner finds nothing, and neither does a message of another conversation.
      select
        (turn -> 'inquiry' ->> 'client_inquiry_id')::uuid,
        m.user_id,
        m.conversation_id,
        m.id,
        p_flow_version,
        turn -> 'inquiry' ->> 'step_id',
        turn -> 'inquiry' -> 'values',
        turn -> 'inquiry' ->> 'locale',
        (turn ->> 'request_id')::uuid
      from public.chat_messages m
      where m.id = (turn ->> 'message_id')::uuid
        and m.conversation_id = p_conversation_id
        and m.user_id = p_user_id
        and m.role = 'user'
      on conflict do nothing
      returning id into inquiry_id;
    exception when foreign_key_violation then
      -- The account is gone, and the conversation with it.
      raise exception using errcode = 'PT401', message = 'unauthenticated';
    end;
    inquiries := inquiries || inquiry_id;
  end loop;

  select * into conversation from public.chat_conversations c
    where c.id = p_conversation_id and c.user_id = p_user_id
    for no key update;
  if not found then
    -- Always refused by the trigger, which may look at accounts: PT401 where it is the account that is missing.
    insert into public.chat_messages (conversation_id, user_id, role, kind, content)
      values (p_conversation_id, p_user_id, 'system', 'notice', '');
  end if;
  if p_message_id is not null and not exists (
    select from public.chat_messages m
    where m.id = p_message_id and m.conversation_id = p_conversation_id and m.user_id = p_user_id and m.role = 'user'
  ) then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;

  if conversation.state_version <> p_state_version then
    delete from public.chat_inquiries i where i.id = any (inquiries);
    return public.chat_turn_for_service(p_conversation_id, p_message_id, p_known_flows)
      || jsonb_build_object('applied', false);
  end if;

  if p_flow is not null then
    insert into public.chat_flows (version, definition) values (p_flow_version, p_flow) on conflict do nothing;
  end if;

  handled := conversation.handled_seq;
  for turn in select t.value from jsonb_array_elements(p_turns) with ordinality t (value, place) order by t.place loop
    if turn ->> 'message_id' is not null then
      select m.seq, m.in_reply_to into asked from public.chat_messages m
        where m.id = (turn ->> 'message_id')::uuid
          and m.conversation_id = p_conversation_id
          and m.user_id = p_user_id
          and m.role = 'user'
          and m.seq > handled;
      if not found then
        raise exception using errcode = 'PT404', message = 'not_found';
      end if;
      handled := asked.seq;

      if turn -> 'answer' <> 'null' then
        update public.chat_messages m
          set answer = turn -> 'answer', answered_at = clock_timestamp()
          where m.conversation_id = p_conversation_id
            and m.id = asked.in_reply_to
            and m.answered_at is null;
      end if;
    end if;

    for reply in select r.value from jsonb_array_elements(turn -> 'messages') with ordinality r (value, place)
      order by r.place
    loop
      if reply ->> 'role' = 'user' then
        raise exception using errcode = 'PT422', message = 'invalid', detail = 'role';
      end if;
      -- Somebody closed it meanwhile, or there is no room: then it ends here instead of failing for ever.
      select c.status = 'open' and c.message_count < 5000 into takes_messages
        from public.chat_conversations c where c.id = p_conversation_id;
      exit when not takes_messages;
      insert into public.chat_messages (
        id, conversation_id, user_id, role, kind, content, payload, client_message_id, request_id, turn_id, step_id
      ) values (
        (reply ->> 'id')::uuid,
        p_conversation_id,
        p_user_id,
        reply ->> 'role',
        reply ->> 'kind',
        reply ->> 'content',
        nullif(reply -> 'payload', 'null'),
        -- A member can foresee this id and send a message under it. That costs them the id, not the reply.
        (
          select (reply ->> 'client_message_id')::uuid
          where not exists (
            select from public.chat_messages m
            where m.conversation_id = p_conversation_id
              and m.client_message_id = (reply ->> 'client_message_id')::uuid
          )
        ),
        (turn ->> 'request_id')::uuid,
        coalesce((turn ->> 'message_id')::uuid, p_conversation_id),
        reply ->> 'step_id'
      );
    end loop;
  end loop;

  -- What waited longer than a round takes counts as handled. What was answered in it stays answered: a chip by its label,
  -- a form by values that are values.
  update public.chat_messages a
    set answer = case
        when w.event ->> 'type' = 'chip'
          then jsonb_build_object('chip_id', w.event -> 'chip_id', 'label', w.content)
        when jsonb_path_exists(w.event, 'strict $.values.* ? (@.type() != "string" && @.type() != "boolean")') then '{}'
        else jsonb_build_object('values', w.event -> 'values')
      end,
      answered_at = clock_timestamp()
    from public.chat_messages w
    where w.user_id = p_user_id
      and w.conversation_id = p_conversation_id
      and w.seq > conversation.handled_seq
      and w.seq <= handled
      and w.role = 'user'
      and w.in_reply_to is not null
      and a.conversation_id = w.conversation_id
      and a.id = w.in_reply_to
      and a.answered_at is null;

  update public.chat_conversations c
    set state = case when conversation.status = 'open' or c.state is null then p_state else c.state end,
      state_version = c.state_version + 1,
      flow_version = p_flow_version,
      handled_seq = handled,
      status = case when c.message_count >= 5000 or p_status = 'completed' then 'completed' else c.status end
    where c.id = p_conversation_id;

  return public.chat_turn_for_service(p_conversation_id, p_message_id, p_known_flows)
    || jsonb_build_object('applied', true);
end
$$;

comment on function public.chat_reply(uuid, uuid, uuid, bigint, jsonb, text, jsonb, text, jsonb, text[]) is
  'For the service: writes the bot''s part of one or more turns if the state is still the one that it was computed from; answers with chat_turn_for_service and applied.';

revoke all on function public.chat_reply(uuid, uuid, uuid, bigint, jsonb, text, jsonb, text, jsonb, text[])
  from public, anon, authenticated, service_role;
grant execute on function public.chat_reply(uuid, uuid, uuid, bigint, jsonb, text, jsonb, text, jsonb, text[])
  to service_role;
