-- The member's half of a turn: save what the person did, once, and say how the conversation stands. Where that is a step at
-- which a text is a question, what is known for it comes along: under the rights of who asks, and nowhere else.

create or replace function public.chat_send(
  p_conversation_id uuid,
  p_client_message_id uuid,
  p_content text default null,
  p_event jsonb default null,
  p_in_reply_to uuid default null,
  p_request_id uuid default null,
  p_known_flows text[] default '{}',
  p_answering jsonb default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  saved record;
  is_new boolean := false;
  failed_constraint text;
  turn jsonb;
begin
  select m.id, m.role, m.content, m.event, m.in_reply_to into saved
    from public.chat_messages m
    where m.conversation_id = p_conversation_id and m.client_message_id = p_client_message_id;
  if not found then
    begin
      insert into public.chat_messages
        (conversation_id, role, kind, content, client_message_id, request_id, in_reply_to, event)
        values (p_conversation_id, 'user', 'text', p_content, p_client_message_id, p_request_id, p_in_reply_to, p_event)
        returning id, role, content, event, in_reply_to into saved;
      is_new := true;
    exception
      -- Somebody was faster: with the same message, or with another answer to the same question.
      when unique_violation or sqlstate 'PT409' then
        get stacked diagnostics failed_constraint = constraint_name;
        select m.id, m.role, m.content, m.event, m.in_reply_to into saved
          from public.chat_messages m
          where m.conversation_id = p_conversation_id and m.client_message_id = p_client_message_id;
        if not found then
          if failed_constraint = 'chat_messages_reply_key' then
            raise exception using errcode = 'PT409', message = 'already_answered';
          end if;
          raise;
        end if;
    end;
  end if;

  if saved.role <> 'user'
    or saved.event is distinct from p_event
    or saved.in_reply_to is distinct from p_in_reply_to
    -- The text of an answer follows from the event.
    or (p_event is null and saved.content is distinct from p_content)
  then
    raise exception using errcode = 'PT409', message = 'idempotency_conflict';
  end if;
  turn := public.chat_turn(p_conversation_id, saved.id, p_known_flows) || jsonb_build_object('created', is_new);
  if p_answering is not null and turn -> 'handled' = 'false' and (
    -- Whoever asks names the steps of the flows that are known there; of others the definition came along. One that has no
    -- state yet is of no flow, and at no step. Of several that wait the first ones may lead there.
    coalesce(
      p_answering -> coalesce(turn ->> 'flow_version', '') ? coalesce(turn #>> '{state,step}', ''),
      turn #>> array['flow', 'steps', turn #>> '{state,step}', 'on_text', 'effect'] = 'answer'
    )
    or jsonb_array_length(turn -> 'pending') > 1
  ) then
    return public.kb_knowing(turn);
  end if;
  return turn;
end
$$;

comment on function public.chat_send(uuid, uuid, text, jsonb, uuid, uuid, text[], jsonb) is
  'Saves the caller''s message once, however often it is sent; answers with chat_turn and created, and at one of the steps p_answering {version: [step]} with looked_up (kb_look_up). Raises PT404, PT409 and PT422 with the code of the API as message.';

revoke all on function public.chat_send(uuid, uuid, text, jsonb, uuid, uuid, text[], jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.chat_send(uuid, uuid, text, jsonb, uuid, uuid, text[], jsonb) to authenticated;
