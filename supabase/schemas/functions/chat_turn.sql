-- What a turn looks like now, in one consistent glance: asked by both halves of it, under the rights of who asks.

create or replace function public.chat_turn(
  p_conversation_id uuid,
  p_message_id uuid default null,
  p_known_flows text[] default '{}'
) returns jsonb
language plpgsql
-- STABLE: all of it sees the one moment at which it was called.
stable
security invoker
set search_path = ''
as $$
declare
  conversation public.chat_conversations;
  message public.chat_messages;
  -- Replies come after the message. A plain number, so that the index begins there.
  since bigint := 0;
begin
  select * into conversation from public.chat_conversations c where c.id = p_conversation_id;
  if not found then
    return null;
  end if;
  if p_message_id is not null then
    select * into message from public.chat_messages m
      where m.conversation_id = p_conversation_id and m.id = p_message_id;
    since := message.seq;
  end if;

  return jsonb_build_object(
    'conversation', (
      select to_jsonb(s) from public.chat_conversation_summaries s
      where s.id = conversation.id and s.user_id = conversation.user_id
    ),
    'state', conversation.state,
    'state_version', conversation.state_version,
    'flow_version', conversation.flow_version,
    'flow', (
      select f.definition from public.chat_flows f
      where f.version = conversation.flow_version and f.version <> all (p_known_flows)
    ),
    'has_history', conversation.last_seq >= 1000000000 and conversation.state is null,
    'message', case when message.id is not null then to_jsonb(message) end,
    'handled', case
      when p_message_id is null then conversation.state is not null
      else message.seq <= conversation.handled_seq
    end,
    'replies', (
      select coalesce(jsonb_agg(to_jsonb(t) order by t.seq), '[]')
      from public.chat_messages t
      where t.user_id = conversation.user_id
        and t.conversation_id = conversation.id
        and t.seq > since
        and t.turn_id = coalesce(p_message_id, conversation.id)
    ),
    'answered', (
      select coalesce(jsonb_agg(to_jsonb(a)), '[]')
      from public.chat_messages a
      where a.id = message.in_reply_to and a.answered_at is not null
    ),
    'pending', (
      select coalesce(
        jsonb_agg(
          to_jsonb(w) || jsonb_build_object('asked_step_id', a.step_id, 'asked_kind', a.kind) order by w.seq
        ),
        '[]'
      )
      from public.chat_messages w
      left join public.chat_messages a on a.id = w.in_reply_to
      where w.user_id = conversation.user_id
        and w.conversation_id = conversation.id
        and w.seq > conversation.handled_seq
        and w.role = 'user'
        -- Rows of the legacy client have no turn: it answers them itself.
        and w.turn_id is not null
    )
  );
end
$$;

comment on function public.chat_turn(uuid, uuid, text[]) is
  'One turn as it stands: state and its version, the user''s message with its replies, and the user messages that still wait for theirs.';

revoke all on function public.chat_turn(uuid, uuid, text[]) from public, anon, authenticated, service_role;
grant execute on function public.chat_turn(uuid, uuid, text[]) to authenticated;
