-- The service's half of a turn: the replies, the answers, the inquiries and the new state, together or not at all.
-- Whatever is passed over is recorded, a status changes by the flow's end or by a full conversation and by nothing else,
-- and the owner is locked before the conversation, as a deletion does.
--
-- Who handles the conversation is compared under the lock. While people do, what was chosen or filled in is recorded and the
-- service may say so; the bot says nothing and its state stays. `p_change` is what brought the reply about, if that was no
-- message: {"handling": "waiting" | "bot"} or {"status": "completed"}, each with {"actor": {"kind", "id", "name"}}. What is
-- said about it is the flow's, in this transaction.

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
  p_known_flows text[] default '{}',
  p_handling text default 'bot',
  p_change jsonb default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  conversation public.chat_conversations;
  -- The state goes on and the bot may speak: where it handles the conversation, gets it back, or says farewell.
  speaks constant boolean := p_handling = 'bot' or p_change is not null;
  -- Whose messages are refused beside the user's.
  silent constant jsonb := jsonb_build_object('silent', case when not speaks then 'bot' end);
  becomes constant text := p_change ->> 'handling';
  is_completed constant boolean := speaks and p_status = 'completed' or coalesce(p_change ->> 'status' = 'completed', false);
  actor constant jsonb := p_change -> 'actor';
  turn jsonb;
  asked record;
  handled bigint;
  inquiry_id uuid;
  inquiries uuid[] := '{}';
  room integer;
  written integer;
  answered integer := 0;
  -- The turn of what is said about a change.
  change_turn uuid;
  changed_status text;
begin
  if p_handling is null
    or p_handling not in ('bot', 'people')
    -- Asked for while the bot handles it, given back while people do, completed by whomever.
    or p_change is not null and (becomes, p_handling) not in (('waiting', 'bot'), ('bot', 'people'))
    or p_change is not null and becomes is null and (p_change ->> 'status') is distinct from 'completed'
  then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'handling';
  end if;

  -- Before the lock: an inquiry names the account, and who deletes that holds it and waits for the conversation. Somebody
  -- who was faster makes this one void; it is taken back below.
  for turn in select t.value from jsonb_array_elements(p_turns) t (value) where t.value -> 'inquiry' <> 'null' loop
    inquiry_id := null;
    begin
      insert into public.chat_inquiries (
        client_inquiry_id, user_id, conversation_id, message_id, flow_version, step_id, values, normal, locale, request_id
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
        coalesce(turn -> 'inquiry' -> 'normal', '{}'),
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
    inquiries := array_append(inquiries, inquiry_id);
  end loop;

  -- A row that is written twice in a transaction has its keys checked again, and that holds its owner: so hold it first, as
  -- whoever deletes or moves what is theirs.
  perform from public.chat_contacts o where o.id = p_user_id for key share;
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

  -- Somebody was faster; or what an answer stands on was withdrawn since it was looked up. What is known now comes along.
  if conversation.state_version <> p_state_version
    or (conversation.handling = 'bot') <> (p_handling = 'bot')
    or jsonb_path_exists(p_turns, '$[*].knowledge.sources[*]') and not public.kb_hold(p_user_id, p_turns)
  then
    delete from public.chat_inquiries i where i.id = any (inquiries);
    return public.kb_knowing(
      public.chat_turn_for_service(p_conversation_id, p_message_id, p_known_flows) || jsonb_build_object('applied', false),
      (select case when o.is_guest then 'all' else 'members' end from public.chat_contacts o where o.id = p_user_id)
    );
  end if;

  if becomes is not null then
    if conversation.status <> 'open' then
      raise exception using errcode = 'PT409', message = 'conversation_completed';
    end if;
    if actor ->> 'kind' in ('member', 'guest') then
      if exists (select from public.chat_contacts o where o.id = p_user_id and o.blocked_at is not null) then
        raise exception using errcode = 'PT403', message = 'not_allowed';
      end if;
      if becomes = 'bot' and conversation.handling = 'agent' then
        raise exception using errcode = 'PT409', message = 'already_assigned', detail = coalesce(conversation.agent, '{}')::text;
      end if;
    end if;
  end if;

  if p_flow is not null then
    insert into public.chat_flows (version, definition) values (p_flow_version, p_flow) on conflict do nothing;
  end if;

  if jsonb_path_exists(p_turns, '$[*].messages[*] ? (@.role == "user" || @.role == $silent)', silent) then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'role';
  end if;

  handled := conversation.handled_seq;
  room := case when conversation.status = 'open' then greatest(5000 - conversation.message_count, 0) else 0 end;
  for turn in select t.value from jsonb_array_elements(p_turns) with ordinality t (value, place) order by t.place loop
    if turn ->> 'message_id' is not null then
      select m.seq into asked from public.chat_messages m
        where m.id = (turn ->> 'message_id')::uuid
          and m.conversation_id = p_conversation_id
          and m.user_id = p_user_id
          and m.role = 'user'
          and m.seq > handled;
      if not found then
        raise exception using errcode = 'PT404', message = 'not_found';
      end if;
      handled := asked.seq;
    end if;

    -- What a turn says is written by one statement. Where somebody closed it meanwhile, or there is no room, it ends here
    -- instead of failing for ever.
    insert into public.chat_messages (
        id, conversation_id, user_id, role, kind, content, payload, client_message_id, request_id, turn_id, step_id
      )
      select
        (r.value ->> 'id')::uuid,
        p_conversation_id,
        p_user_id,
        r.value ->> 'role',
        r.value ->> 'kind',
        r.value ->> 'content',
        nullif(r.value -> 'payload', 'null'),
        -- A member can foresee this id and send a message under it. That costs them the id, not the reply.
        (
          select (r.value ->> 'client_message_id')::uuid
          where not exists (
            select from public.chat_messages m
            where m.conversation_id = p_conversation_id
              and m.client_message_id = (r.value ->> 'client_message_id')::uuid
          )
        ),
        (turn ->> 'request_id')::uuid,
        coalesce((turn ->> 'message_id')::uuid, (turn ->> 'turn_id')::uuid, p_conversation_id),
        r.value ->> 'step_id'
      from jsonb_array_elements(turn -> 'messages') with ordinality r (value, place)
      order by r.place
      limit room;
    get diagnostics written = row_count;
    room := room - written;
    change_turn := coalesce(change_turn, (turn ->> 'turn_id')::uuid);
    if written > 0 and turn -> 'knowledge' <> 'null' then
      perform public.kb_record(p_user_id, p_conversation_id, p_state_version + 1, turn);
    end if;
  end loop;

  -- What a person said and nobody was to answer is over once the bot gets the conversation back, or nobody has it.
  if p_change is not null and becomes is distinct from 'waiting' then
    handled := greatest(handled, conversation.last_seq);
  end if;

  -- Answers come with their turns. What waited longer than a round takes counts as handled, and what was answered in it
  -- stays answered: a chip by its label, a form by values that are values. Each changed row gets a number of its own.
  if exists (
    select from public.chat_messages m
    where m.user_id = p_user_id
      and m.conversation_id = p_conversation_id
      and m.seq > conversation.handled_seq
      and m.seq <= handled
      and m.role = 'user'
      and m.in_reply_to is not null
  ) then
    update public.chat_messages a
      set answer = w.answer, answered_at = clock_timestamp(), rev = w.rev
      from (
        select
          q.id,
          case
            when t.answer <> 'null' then t.answer
            when m.event ->> 'type' = 'chip'
              then jsonb_build_object('chip_id', m.event -> 'chip_id', 'label', m.content)
            when jsonb_path_exists(m.event, 'strict $.values.* ? (@.type() != "string" && @.type() != "boolean")') then '{}'
            else jsonb_build_object('values', m.event -> 'values')
          end as answer,
          c.rev + row_number() over (order by m.seq) as rev
        from public.chat_conversations c
        join public.chat_messages m
          on m.user_id = c.user_id
          and m.conversation_id = c.id
          and m.seq > conversation.handled_seq
          and m.seq <= handled
          and m.role = 'user'
          and m.in_reply_to is not null
        join public.chat_messages q
          on q.conversation_id = m.conversation_id and q.id = m.in_reply_to and q.answered_at is null
        left join lateral (
          select p.value -> 'answer' as answer
          from jsonb_array_elements(p_turns) p (value)
          where p.value ->> 'message_id' = m.id::text
          limit 1
        ) t on true
        where c.id = p_conversation_id and c.user_id = p_user_id
      ) w
      where a.conversation_id = p_conversation_id and a.id = w.id;
    get diagnostics answered = row_count;
    perform public.kb_thought(p_user_id, p_conversation_id, conversation.handled_seq, handled);
  end if;

  update public.chat_conversations c
    set state = case when speaks and (conversation.status = 'open' or c.state is null) then p_state else c.state end,
      state_version = c.state_version + 1,
      flow_version = case when speaks then p_flow_version else c.flow_version end,
      handled_seq = handled,
      status = case when c.message_count >= 5000 or is_completed then 'completed' else c.status end,
      handling = coalesce(becomes, c.handling),
      agent = case when becomes = 'bot' then null else c.agent end,
      change_turn_id = case when p_change is not null then coalesce(p_message_id, change_turn, c.id) else c.change_turn_id end,
      rev = c.rev + answered + case
        when (c.message_count >= 5000 or is_completed) and c.status <> 'completed' or becomes is not null then 1 else 0
      end
    where c.id = p_conversation_id
    returning c.status into changed_status;

  if becomes is not null then
    perform public.chat_tell(
      p_conversation_id, 'conversation.handed_over', jsonb_build_object('handling', becomes),
      p_actor => coalesce(actor, '{"kind": "bot"}')
    );
  end if;
  if changed_status = 'completed' and conversation.status <> 'completed' then
    perform public.chat_tell(p_conversation_id, 'conversation.completed', p_actor => coalesce(actor, '{"kind": "bot"}'));
  end if;
  if cardinality(inquiries) > 0 then
    perform public.chat_tell(
        i.conversation_id, 'inquiry.submitted',
        jsonb_build_object('inquiryId', i.id, 'messageId', i.message_id, 'stepId', i.step_id), i.user_id
      )
      from public.chat_inquiries i
      where i.id = any (inquiries);
  end if;

  return public.chat_turn_for_service(p_conversation_id, p_message_id, p_known_flows)
    || jsonb_build_object('applied', true);
end
$$;

comment on function public.chat_reply(uuid, uuid, uuid, bigint, jsonb, text, jsonb, text, jsonb, text[], text, jsonb) is
  'For the service: writes the bot''s part of one or more turns if state and handling are still what it was computed from and what it cites is still there, and changes handling or status with it; answers with chat_turn_for_service and applied, and where it was not applied with what is known now.';

revoke all on function public.chat_reply(uuid, uuid, uuid, bigint, jsonb, text, jsonb, text, jsonb, text[], text, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.chat_reply(uuid, uuid, uuid, bigint, jsonb, text, jsonb, text, jsonb, text[], text, jsonb)
  to service_role;
