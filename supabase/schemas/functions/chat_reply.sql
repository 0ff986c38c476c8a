-- The service's half of a turn: the replies, the answers, the inquiries and the new state, together or not at all.

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
  is_full boolean := false;
begin
  -- Row by row matching: a wrong owner finds nothing, and neither does a message of another conversation.
  select * into conversation from public.chat_conversations c
    where c.id = p_conversation_id and c.user_id = p_user_id
    for no key update;
  if not found or (p_message_id is not null and not exists (
    select from public.chat_messages m
    where m.id = p_message_id and m.conversation_id = p_conversation_id and m.user_id = p_user_id and m.role = 'user'
  )) then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;

  if conversation.state_version <> p_state_version then
    return public.chat_turn_for_service(p_conversation_id, p_message_id, p_known_flows)
      || jsonb_build_object('applied', false);
  end if;

  if p_flow is not null then
    insert into public.chat_flows (version, definition) values (p_flow_version, p_flow) on conflict do nothing;
  end if;

  for turn in select t.value from jsonb_array_elements(p_turns) with ordinality t (value, place) order by t.place loop
    if turn ->> 'message_id' is not null then
      select m.seq, m.in_reply_to into asked from public.chat_messages m
        where m.id = (turn ->> 'message_id')::uuid
          and m.conversation_id = p_conversation_id
          and m.user_id = p_user_id
          and m.role = 'user'
          and m.seq > conversation.handled_seq;
      if not found then
        raise exception using errcode = 'PT404', message = 'not_found';
      end if;
      conversation.handled_seq := asked.seq;

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
      -- No room for it: the conversation ends here instead of failing for ever.
      select c.message_count >= 5000 into is_full from public.chat_conversations c where c.id = p_conversation_id;
      exit when is_full;
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

    if turn -> 'inquiry' <> 'null' then
      insert into public.chat_inquiries (
        client_inquiry_id, user_id, conversation_id, message_id, flow_version, step_id, values, locale, request_id
      ) values (
        (turn -> 'inquiry' ->> 'client_inquiry_id')::uuid,
        p_user_id,
        p_conversation_id,
        (turn ->> 'message_id')::uuid,
        p_flow_version,
        turn -> 'inquiry' ->> 'step_id',
        turn -> 'inquiry' -> 'values',
        turn -> 'inquiry' ->> 'locale',
        (turn ->> 'request_id')::uuid
      ) on conflict on constraint chat_inquiries_client_key do nothing;
    end if;
  end loop;

  update public.chat_conversations c
    set state = p_state,
      state_version = c.state_version + 1,
      flow_version = p_flow_version,
      handled_seq = conversation.handled_seq,
      status = case when c.message_count >= 5000 then 'completed' else p_status end
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
