-- What a turn looks like now, in one consistent glance: asked by both halves of it, under the rights of who asks.

create function public.chat_turn(
  p_conversation_id uuid,
  p_message_id uuid default null,
  p_known_flows text[] default '{}'
) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'conversation', (
      select to_jsonb(s) from public.chat_conversation_summaries s where s.id = c.id and s.user_id = c.user_id
    ),
    'state', c.state,
    'state_version', c.state_version,
    'flow_version', c.flow_version,
    'flow', (
      select f.definition from public.chat_flows f
      where f.version = c.flow_version and f.version <> all (p_known_flows)
    ),
    'has_history', c.last_seq >= 1000000000 and c.state is null,
    'message', to_jsonb(m),
    'handled', case when p_message_id is null then c.state is not null else m.seq <= c.handled_seq end,
    'replies', (
      select coalesce(jsonb_agg(to_jsonb(t) order by t.seq), '[]')
      from public.chat_messages t
      where t.user_id = c.user_id
        and t.conversation_id = c.id
        and t.seq > coalesce(m.seq, 0)
        and t.turn_id = coalesce(p_message_id, c.id)
    ),
    'answered', (
      select coalesce(jsonb_agg(to_jsonb(a)), '[]')
      from public.chat_messages a
      where a.conversation_id = c.id and a.id = m.in_reply_to and a.answered_at is not null
    ),
    'pending', (
      select coalesce(
        jsonb_agg(to_jsonb(w) || jsonb_build_object('asked_step_id', a.step_id, 'asked_kind', a.kind) order by w.seq),
        '[]'
      )
      from public.chat_messages w
      left join public.chat_messages a on a.conversation_id = w.conversation_id and a.id = w.in_reply_to
      where w.user_id = c.user_id
        and w.conversation_id = c.id
        and w.seq > c.handled_seq
        and w.role = 'user'
        -- Rows of the legacy client have no turn: it answers them itself.
        and w.turn_id is not null
    )
  )
  from public.chat_conversations c
  left join public.chat_messages m on m.conversation_id = c.id and m.id = p_message_id
  where c.id = p_conversation_id
$$;

comment on function public.chat_turn(uuid, uuid, text[]) is
  'One turn as it stands: state and its version, the user''s message with its replies, and the user messages that still wait for theirs.';

revoke all on function public.chat_turn(uuid, uuid, text[]) from public, anon, authenticated, service_role;
grant execute on function public.chat_turn(uuid, uuid, text[]) to authenticated, service_role;
