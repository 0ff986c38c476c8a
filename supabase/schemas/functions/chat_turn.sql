-- What a turn looks like now, in one consistent glance: asked by both halves of it, under the rights of who asks. It is
-- bounded: however much waits, one round takes the newest 50 messages and 256 KB of it, and as many forms again of what is
-- older, for what they hand in must not be lost. The rest is chat_reply's to record. Every answer names its columns: one
-- that a table gets later is nobody's until it is named here.

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
  conversation record;
  message public.chat_messages;
  -- Replies come after the message. A plain number, so that the index begins there.
  since bigint := 0;
  pending jsonb;
  first_pending bigint;
  late_forms jsonb;
begin
  -- Named one by one: a live site's tables may have columns of its own, which members may not read.
  select c.id, c.user_id, c.flow_version, c.state, c.state_version, c.last_seq, c.handled_seq, c.handling, c.change_turn_id
    into conversation
    from public.chat_conversations c where c.id = p_conversation_id;
  if not found then
    return null;
  end if;
  if p_message_id is not null then
    select
        m.id, m.conversation_id, m.seq, m.role, m.kind, m.content, m.payload, m.client_message_id, m.request_id,
        m.in_reply_to, m.answer, m.answered_at, m.created_at, m.author, m.status, m.rev
      into
        message.id, message.conversation_id, message.seq, message.role, message.kind, message.content, message.payload,
        message.client_message_id, message.request_id, message.in_reply_to, message.answer, message.answered_at,
        message.created_at, message.author, message.status, message.rev
      from public.chat_messages m
      where m.conversation_id = p_conversation_id and m.id = p_message_id;
    since := message.seq;
  end if;

  -- 50 is also what the two limits below say.
  select coalesce(jsonb_agg(w.waiting order by w.seq), '[]'), coalesce(min(w.seq), conversation.last_seq + 1)
    into pending, first_pending
    from (
      select n.seq, n.waiting, sum(octet_length(n.waiting::text)) over (order by n.seq desc) as size
      from (
        select
          m.seq,
          -- What the engine must know of it, and nothing that it need not.
          jsonb_build_object(
            'id', m.id, 'client_message_id', m.client_message_id, 'request_id', m.request_id, 'content', m.content,
            'event', m.event, 'asked_step_id', a.step_id, 'asked_kind', a.kind
          ) as waiting
        from public.chat_messages m
        left join public.chat_messages a on a.id = m.in_reply_to
        where m.user_id = conversation.user_id
          and m.conversation_id = conversation.id
          and m.seq > conversation.handled_seq
          and m.role = 'user'
          -- Rows of the legacy client have no turn: it answers them itself.
          and m.turn_id is not null
        order by m.seq desc
        limit 50
      ) n
    ) w
    where w.size <= 262144;

  select coalesce(jsonb_agg(w.waiting order by w.seq), '[]') into late_forms
    from (
      select n.seq, n.waiting, sum(octet_length(n.waiting::text)) over (order by n.seq desc) as size
      from (
        select
          m.seq,
          jsonb_build_object(
            'id', m.id, 'client_message_id', m.client_message_id, 'request_id', m.request_id, 'content', m.content,
            'event', m.event, 'asked_step_id', a.step_id, 'asked_kind', a.kind
          ) as waiting
        from public.chat_messages m
        join public.chat_messages a on a.id = m.in_reply_to
        where m.user_id = conversation.user_id
          and m.conversation_id = conversation.id
          and m.seq > conversation.handled_seq
          and m.seq < first_pending
          and m.role = 'user'
          and m.turn_id is not null
          -- What answers nothing is not looked for, as often as there are texts.
          and m.in_reply_to is not null
          and a.kind = 'form'
        order by m.seq desc
        limit 50
      ) n
    ) w
    where w.size <= 262144;

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
    'message', case when message.id is not null then (
      select to_jsonb(shown)
      from (
        select
          message.id, message.conversation_id, message.seq, message.role, message.kind, message.content, message.payload,
          message.client_message_id, message.request_id, message.in_reply_to, message.answer, message.answered_at,
          message.created_at, message.author, message.status, message.rev
      ) shown
    ) end,
    -- While people handle it, the bot says nothing: there is something to do where a chip or a form is to be recorded.
    'handled', case
      when p_message_id is null then conversation.state is not null or conversation.handling <> 'bot'
      else message.seq <= conversation.handled_seq or (
        conversation.handling <> 'bot'
        and late_forms = '[]'
        and not exists (select from jsonb_array_elements(pending) w (value) where w.value -> 'event' <> 'null')
      )
    end,
    'replies', (
      select coalesce(jsonb_agg(to_jsonb(r) order by r.seq), '[]')
      from (
        select
          t.id, t.conversation_id, t.seq, t.role, t.kind, t.content, t.payload, t.client_message_id, t.request_id,
          t.in_reply_to, t.answer, t.answered_at, t.created_at, t.author, t.status, t.rev
        from public.chat_messages t
        where t.user_id = conversation.user_id
          and t.conversation_id = conversation.id
          and t.seq > since
          and t.turn_id = coalesce(p_message_id, conversation.id)
        order by t.seq
        limit 50
      ) r
    ),
    -- What was said when it was last handed over, given back or completed by hand: a repeat of that is told the same.
    'changed', case when p_message_id is not null or conversation.change_turn_id is null then '[]' else (
      select coalesce(jsonb_agg(to_jsonb(r) order by r.seq), '[]')
      from (
        select
          t.id, t.conversation_id, t.seq, t.role, t.kind, t.content, t.payload, t.client_message_id, t.request_id,
          t.in_reply_to, t.answer, t.answered_at, t.created_at, t.author, t.status, t.rev
        from public.chat_messages t
        where t.user_id = conversation.user_id
          and t.conversation_id = conversation.id
          and t.seq > 0
          and t.turn_id = conversation.change_turn_id
          and t.role <> 'user'
        order by t.seq
        limit 50
      ) r
    ) end,
    'answered', (
      select coalesce(jsonb_agg(to_jsonb(shown)), '[]')
      from (
        select
          a.id, a.conversation_id, a.seq, a.role, a.kind, a.content, a.payload, a.client_message_id, a.request_id,
          a.in_reply_to, a.answer, a.answered_at, a.created_at, a.author, a.status, a.rev
        from public.chat_messages a
        where a.id = message.in_reply_to and a.answered_at is not null
      ) shown
    ),
    'pending', pending,
    'late_forms', late_forms,
    'team', (
      select to_jsonb(shown)
      from (
        select
          h.time_zone, h.spans, h.holidays, h.always_open, h.override_open, h.override_until, h.online_until,
          h.expected_reply_seconds
        from public.chat_team h
      ) shown
    )
  );
end
$$;

comment on function public.chat_turn(uuid, uuid, text[]) is
  'One turn as it stands: state and its version, the user''s message with its replies, the newest user messages that wait for theirs, and older forms that wait to be recorded; when the team is there.';

revoke all on function public.chat_turn(uuid, uuid, text[]) from public, anon, authenticated, service_role;
grant execute on function public.chat_turn(uuid, uuid, text[]) to authenticated;
