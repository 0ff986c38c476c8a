-- A turn: the member's half and the service's.

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
  conversation public.chat_conversations;
  message public.chat_messages;
  -- Replies come after the message. A plain number, so that the index begins there.
  since bigint := 0;
  pending jsonb;
  first_pending bigint;
  late_forms jsonb;
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
          message.created_at
      ) shown
    ) end,
    'handled', case
      when p_message_id is null then conversation.state is not null
      else message.seq <= conversation.handled_seq
    end,
    'replies', (
      select coalesce(jsonb_agg(to_jsonb(r) order by r.seq), '[]')
      from (
        select
          t.id, t.conversation_id, t.seq, t.role, t.kind, t.content, t.payload, t.client_message_id, t.request_id,
          t.in_reply_to, t.answer, t.answered_at, t.created_at
        from public.chat_messages t
        where t.user_id = conversation.user_id
          and t.conversation_id = conversation.id
          and t.seq > since
          and t.turn_id = coalesce(p_message_id, conversation.id)
        order by t.seq
        limit 50
      ) r
    ),
    'answered', (
      select coalesce(jsonb_agg(to_jsonb(shown)), '[]')
      from (
        select
          a.id, a.conversation_id, a.seq, a.role, a.kind, a.content, a.payload, a.client_message_id, a.request_id,
          a.in_reply_to, a.answer, a.answered_at, a.created_at
        from public.chat_messages a
        where a.id = message.in_reply_to and a.answered_at is not null
      ) shown
    ),
    'pending', pending,
    'late_forms', late_forms
  );
end
$$;

comment on function public.chat_turn(uuid, uuid, text[]) is
  'One turn as it stands: state and its version, the user''s message with its replies, the newest user messages that wait for theirs, and older forms that wait to be recorded.';

revoke all on function public.chat_turn(uuid, uuid, text[]) from public, anon, authenticated, service_role;
grant execute on function public.chat_turn(uuid, uuid, text[]) to authenticated;

-- The same function for the service. A plan under Row Level Security belongs to one role: a pooled connection that asked
-- as the member and then as the service would plan all of chat_turn anew each time. Its body is read from chat_turn.

do $$
begin
  execute replace(
    pg_get_functiondef('public.chat_turn(uuid, uuid, text[])'::regprocedure),
    'FUNCTION public.chat_turn(',
    'FUNCTION public.chat_turn_for_service('
  );
end
$$;

comment on function public.chat_turn_for_service(uuid, uuid, text[]) is
  'The same as chat_turn, for the service: a plan belongs to one role.';

revoke all on function public.chat_turn_for_service(uuid, uuid, text[])
  from public, anon, authenticated, service_role;
grant execute on function public.chat_turn_for_service(uuid, uuid, text[]) to service_role;

-- The member's half of a new conversation.

create or replace function public.chat_open(
  p_client_conversation_id uuid,
  p_known_flows text[] default '{}'
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  conversation_id uuid;
  is_new boolean := false;
begin
  select c.id into conversation_id
    from public.chat_conversations c
    where c.user_id = (select auth.uid()) and c.client_conversation_id = p_client_conversation_id;
  if not found then
    begin
      insert into public.chat_conversations (client_conversation_id)
        values (p_client_conversation_id)
        returning id into conversation_id;
      is_new := true;
    exception
      when unique_violation then
        select c.id into strict conversation_id
          from public.chat_conversations c
          where c.user_id = (select auth.uid()) and c.client_conversation_id = p_client_conversation_id;
      when foreign_key_violation then
        -- A token outlives its account by up to an hour.
        raise exception using errcode = 'PT401', message = 'unauthenticated';
    end;
  end if;
  return public.chat_turn(conversation_id, null, p_known_flows) || jsonb_build_object('created', is_new);
end
$$;

comment on function public.chat_open(uuid, text[]) is
  'Makes the caller''s conversation of this client id, or finds it; answers with chat_turn and created.';

revoke all on function public.chat_open(uuid, text[]) from public, anon, authenticated, service_role;
grant execute on function public.chat_open(uuid, text[]) to authenticated;

-- The member's half of a turn: save what the person did, once, and say how the conversation stands.

create or replace function public.chat_send(
  p_conversation_id uuid,
  p_client_message_id uuid,
  p_content text default null,
  p_event jsonb default null,
  p_in_reply_to uuid default null,
  p_request_id uuid default null,
  p_known_flows text[] default '{}'
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
  return public.chat_turn(p_conversation_id, saved.id, p_known_flows) || jsonb_build_object('created', is_new);
end
$$;

comment on function public.chat_send(uuid, uuid, text, jsonb, uuid, uuid, text[]) is
  'Saves the caller''s message once, however often it is sent; answers with chat_turn and created. Raises PT404, PT409 and PT422 with the code of the API as message.';

revoke all on function public.chat_send(uuid, uuid, text, jsonb, uuid, uuid, text[])
  from public, anon, authenticated, service_role;
grant execute on function public.chat_send(uuid, uuid, text, jsonb, uuid, uuid, text[]) to authenticated;

-- What a form must be checked against, before anything is saved. It reads and nothing else.

create or replace function public.chat_preview(
  p_conversation_id uuid,
  p_client_message_id uuid,
  p_in_reply_to uuid,
  p_known_flows text[] default '{}'
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  preview jsonb;
begin
  select jsonb_build_object(
      'status', c.status,
      'flow_version', c.flow_version,
      'flow', (
        select f.definition from public.chat_flows f
        where f.version = c.flow_version and f.version <> all (p_known_flows)
      ),
      'locale', c.state ->> 'locale',
      'asked', (
        select jsonb_build_object('id', a.id, 'step_id', a.step_id, 'kind', a.kind, 'payload', a.payload)
        from public.chat_messages a
        where a.conversation_id = c.id and a.id = p_in_reply_to
      ),
      'answered', exists (
        select from public.chat_messages w where w.conversation_id = c.id and w.in_reply_to = p_in_reply_to
      ) or exists (
        select from public.chat_messages a
        where a.conversation_id = c.id and a.id = p_in_reply_to and a.answered_at is not null
      ),
      'repeated', exists (
        select from public.chat_messages r
        where r.conversation_id = c.id and r.client_message_id = p_client_message_id
      )
    ) into preview
    from public.chat_conversations c
    where c.id = p_conversation_id;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  return preview;
end
$$;

comment on function public.chat_preview(uuid, uuid, uuid, text[]) is
  'The interactive message that is about to be answered, and what already stands against the answer.';

revoke all on function public.chat_preview(uuid, uuid, uuid, text[]) from public, anon, authenticated, service_role;
grant execute on function public.chat_preview(uuid, uuid, uuid, text[]) to authenticated;

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
