-- one place tells of what customers, the bot and time did; the audit is of the team alone

-- What happened, where no operator and no rule did it and nothing was said: those are told by inbox_tell and tell_message.

create or replace function public.chat_tell(
  p_conversation_id uuid,
  p_type text,
  p_data jsonb default '{}',
  p_contact_id uuid default null,
  p_actor jsonb default null
) returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  insert into public.chat_activities (conversation_id, type, actor_kind, actor_id, actor_name, data)
    select
      p_conversation_id, p_type,
      coalesce(p_actor ->> 'kind', case when o.is_guest then 'guest' when o.id is not null then 'member' else 'system' end),
      coalesce((p_actor ->> 'id')::uuid, o.id), coalesce(p_actor ->> 'name', o.name), p_data
    from (select) one
    left join public.chat_contacts o on o.id = p_contact_id and p_actor is null
$$;

comment on function public.chat_tell(uuid, text, jsonb, uuid, jsonb) is
  'For the service, inside other functions: writes the activity of a contact, of p_actor {kind, id, name}, or of nobody in particular.';

revoke all on function public.chat_tell(uuid, text, jsonb, uuid, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.chat_tell(uuid, text, jsonb, uuid, jsonb) to service_role;

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

  if conversation.state_version <> p_state_version or (conversation.handling = 'bot') <> (p_handling = 'bot') then
    delete from public.chat_inquiries i where i.id = any (inquiries);
    return public.chat_turn_for_service(p_conversation_id, p_message_id, p_known_flows)
      || jsonb_build_object('applied', false);
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
  'For the service: writes the bot''s part of one or more turns if state and handling are still what it was computed from, and changes handling or status with it; answers with chat_turn_for_service and applied.';

revoke all on function public.chat_reply(uuid, uuid, uuid, bigint, jsonb, text, jsonb, text, jsonb, text[], text, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.chat_reply(uuid, uuid, uuid, bigint, jsonb, text, jsonb, text, jsonb, text[], text, jsonb)
  to service_role;

-- What a customer thinks of a conversation, where they were asked: for 14 days, and the last word counts.

create or replace function public.chat_rate(
  p_user_id uuid,
  p_conversation_id uuid,
  p_score integer,
  p_comment text default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  conversation record;
begin
  select c.rating, c.rating_asked_at, c.channel into conversation
    from public.chat_conversations c
    where c.id = p_conversation_id and c.user_id = p_user_id
    for no key update;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  if coalesce(conversation.rating_asked_at < now() - interval '14 days', true) or exists (
    select from public.chat_contacts o where o.id = p_user_id and o.blocked_at is not null
  ) then
    raise exception using errcode = 'PT403', message = 'not_allowed';
  end if;
  if p_score is null or p_score not between 1 and 5 then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'score';
  end if;
  if char_length(p_comment) > 4000 then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'comment';
  end if;

  -- The same once more changes nothing.
  if conversation.rating is null
    or (conversation.rating -> 'score', conversation.rating ->> 'comment') is distinct from (to_jsonb(p_score), p_comment)
  then
    update public.chat_conversations c
      set rating = jsonb_build_object('score', p_score, 'comment', p_comment, 'rated_at', now()), rev = c.rev + 1
      where c.id = p_conversation_id;
    perform public.chat_tell(
      p_conversation_id, 'conversation.rated', jsonb_build_object('score', p_score), p_user_id
    );
  end if;
  return (
    select jsonb_build_object('conversation', to_jsonb(s))
    from public.chat_conversation_summaries s
    where s.id = p_conversation_id and s.user_id = p_user_id
  );
end
$$;

comment on function public.chat_rate(uuid, uuid, integer, text) is
  'For the service: keeps what the owner of a conversation thinks of it; answers with the conversation. Raises PT403 where it was not asked for, PT404 and PT422.';

revoke all on function public.chat_rate(uuid, uuid, integer, text) from public, anon, authenticated, service_role;
grant execute on function public.chat_rate(uuid, uuid, integer, text) to service_role;

-- What time does by itself, a bounded part a call: what belongs to somebody who has left waits again, what was put aside
-- comes back, and what was forgotten goes.

create or replace function public.inbox_return_idle(p_seconds integer, p_limit integer default 50) returns integer
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  place uuid;
  former public.chat_operators;
  returned integer := 0;
begin
  for place in
    select d.conversation_id
    from public.chat_operators o
    join public.chat_desk d on d.assignee_id = o.id and d.status = 'open'
    where greatest(public.inbox_gone_since(o), d.assigned_at) < now() - make_interval(secs => p_seconds)
    order by d.conversation_id
    limit least(greatest(p_limit, 1), 500)
  loop
    -- Somebody else is at it: it comes with the next call.
    perform from public.chat_conversations c
      where c.id = place and c.status = 'open' and c.handling <> 'bot'
      for no key update skip locked;
    continue when not found;
    -- As it is now: they may be back, or somebody else has it.
    select o.* into former
      from public.chat_desk d join public.chat_operators o on o.id = d.assignee_id
      where d.conversation_id = place
        and greatest(public.inbox_gone_since(o), d.assigned_at) < now() - make_interval(secs => p_seconds);
    continue when not found;
    update public.chat_conversations c
      set handling = 'waiting', agent = null, rev = c.rev + 1
      where c.id = place;
    update public.chat_desk d
      set assignee_id = null, assigned_at = null, waiting_since = coalesce(d.waiting_since, now())
      where d.conversation_id = place;
    perform public.chat_tell(
      place, 'conversation.unassigned', jsonb_build_object('formerId', former.id, 'reason', 'offline')
    );
    returned := returned + 1;
  end loop;

  for place in
    select d.conversation_id
    from public.chat_desk d
    where d.snoozed_until <= now()
    order by d.snoozed_until, d.conversation_id
    limit least(greatest(p_limit, 1), 500)
  loop
    perform from public.chat_conversations c where c.id = place for no key update skip locked;
    continue when not found;
    update public.chat_desk d
      set snoozed_until = null, changes = d.changes + 1, cx = pg_current_xact_id()
      where d.conversation_id = place and d.snoozed_until <= now();
    continue when not found;
    perform public.chat_tell(place, 'conversation.woken');
  end loop;

  delete from public.chat_typing t where t.written_at < now() - interval '1 hour';
  delete from public.chat_presence p where p.seen_at < now() - interval '1 hour';
  return returned;
end
$$;

comment on function public.inbox_return_idle(integer, integer) is
  'For the service: gives back to waiting what belongs to operators who have been offline for so many seconds, at most p_limit a call, and answers how many; wakes what was snoozed until now.';

revoke all on function public.inbox_return_idle(integer, integer) from public, anon, authenticated, service_role;
grant execute on function public.inbox_return_idle(integer, integer) to service_role;

-- A guest who signed in keeps the chat. The service has replayed the guest's events; here the result is written. What the
-- guest has sent stays one inquiry, and a question is marked as answered after its answer is there.

create or replace function public.chat_import(
  p_user_id uuid,
  p_flow_version text,
  p_flow jsonb,
  p_conversations jsonb,
  p_request_id uuid default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  wanted jsonb;
  message jsonb;
  inquiry jsonb;
  wanted_id uuid;
  sent record;
  imported uuid[] := '{}';
  answered integer;
begin
  insert into public.chat_flows (version, definition) values (p_flow_version, p_flow) on conflict do nothing;

  -- In one order, whoever imports: two that bring the same along wait for each other instead of locking each other out.
  for wanted in
    select w.value from jsonb_array_elements(p_conversations) w (value) order by w.value ->> 'client_conversation_id'
  loop
    begin
      insert into public.chat_conversations (id, user_id, client_conversation_id, flow_version, state, state_version)
        values (
          (wanted ->> 'id')::uuid,
          p_user_id,
          (wanted ->> 'client_conversation_id')::uuid,
          p_flow_version,
          wanted -> 'state',
          1
        )
        on conflict (user_id, client_conversation_id) do nothing
        returning id into wanted_id;
    exception when foreign_key_violation then
      raise exception using errcode = 'PT401', message = 'unauthenticated';
    end;

    if wanted_id is null then
      select c.id into strict wanted_id from public.chat_conversations c
        where c.user_id = p_user_id and c.client_conversation_id = (wanted ->> 'client_conversation_id')::uuid;
    else
      for message in
        select m.value from jsonb_array_elements(wanted -> 'messages') with ordinality m (value, place) order by m.place
      loop
        insert into public.chat_messages (
          id, conversation_id, user_id, role, kind, content, payload, client_message_id, request_id,
          turn_id, step_id, event, in_reply_to
        ) values (
          (message ->> 'id')::uuid,
          wanted_id,
          p_user_id,
          message ->> 'role',
          message ->> 'kind',
          message ->> 'content',
          nullif(message -> 'payload', 'null'),
          (message ->> 'client_message_id')::uuid,
          p_request_id,
          (message ->> 'turn_id')::uuid,
          message ->> 'step_id',
          nullif(message -> 'event', 'null'),
          (message ->> 'in_reply_to')::uuid
        );
      end loop;

      -- Not with the question itself: what is answered takes no answer.
      update public.chat_messages m
        set answer = a.answer, answered_at = clock_timestamp(), rev = a.rev
        from (
          select (n.value ->> 'id')::uuid as id, n.value -> 'answer' as answer, c.rev + row_number() over (order by n.place) as rev
          from public.chat_conversations c, jsonb_array_elements(wanted -> 'messages') with ordinality n (value, place)
          where c.id = wanted_id and n.value -> 'answer' <> 'null'
        ) a
        where m.conversation_id = wanted_id and m.id = a.id;
      get diagnostics answered = row_count;

      for inquiry in
        select i.value from jsonb_array_elements(wanted -> 'inquiries') i (value) order by i.value ->> 'client_inquiry_id'
      loop
        loop
          -- The guest sent this form already: it becomes the member's, and an operator sees it once.
          begin
            update public.chat_inquiries i
              set user_id = p_user_id,
                conversation_id = wanted_id,
                message_id = (inquiry ->> 'message_id')::uuid,
                from_guest = true
              where i.user_id is null
                and i.client_inquiry_id = (inquiry ->> 'client_inquiry_id')::uuid
                and (i.step_id, i.values) = (inquiry ->> 'step_id', inquiry -> 'values');
            exit when found;
          exception when unique_violation then
            -- The member has one of this id.
            exit;
          end;

          -- Whether it is the guest's own: if so, its id is known among guests from now on.
          select i.user_id, (i.step_id, i.values) = (inquiry ->> 'step_id', inquiry -> 'values') as is_same into sent
            from public.chat_inquiries i
            where i.client_inquiry_id = (inquiry ->> 'client_inquiry_id')::uuid and (i.from_guest or i.user_id is null);
          -- Somebody else brought the same form along before.
          exit when sent.user_id is not null and sent.is_same;

          insert into public.chat_inquiries (
            client_inquiry_id, user_id, conversation_id, message_id, flow_version, step_id, values, normal, locale,
            request_id, from_guest
          ) values (
            (inquiry ->> 'client_inquiry_id')::uuid,
            p_user_id,
            wanted_id,
            (inquiry ->> 'message_id')::uuid,
            p_flow_version,
            inquiry ->> 'step_id',
            inquiry -> 'values',
            coalesce(inquiry -> 'normal', '{}'),
            inquiry ->> 'locale',
            p_request_id,
            -- Another form under the same id is not the one that is known: whoever guesses an id notices nothing.
            sent.is_same is null
          ) on conflict do nothing;
          exit when found or exists (
            select from public.chat_inquiries i
            where i.user_id = p_user_id and i.client_inquiry_id = (inquiry ->> 'client_inquiry_id')::uuid
          );
          -- Neither written nor there: a guest sent it at this moment.
        end loop;
      end loop;

      update public.chat_conversations c
        set handled_seq = c.last_seq,
          status = wanted ->> 'status',
          rev = c.rev + answered + case when wanted ->> 'status' <> c.status then 1 else 0 end
        where c.id = wanted_id;
      if wanted ->> 'status' = 'completed' then
        perform public.chat_tell(wanted_id, 'conversation.completed', p_actor => '{"kind": "bot"}');
      end if;
    end if;
    imported := imported || wanted_id;
    wanted_id := null;
  end loop;

  return (
    select coalesce(jsonb_agg(to_jsonb(s) order by i.place), '[]')
    from unnest(imported) with ordinality i (id, place)
    join public.chat_conversation_summaries s on s.id = i.id and s.user_id = p_user_id
  );
end
$$;

comment on function public.chat_import(uuid, text, jsonb, jsonb, uuid) is
  'For the service: writes conversations that a guest had, for the member whom the token names; one that is there already stays as it is.';

revoke all on function public.chat_import(uuid, text, jsonb, jsonb, uuid)
  from public, anon, authenticated, service_role;
grant execute on function public.chat_import(uuid, text, jsonb, jsonb, uuid) to service_role;

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

-- A guest's form, once: also when an import has given it an owner, before or at this moment. There is no account behind it,
-- so the service writes it.

create or replace function public.chat_submit_inquiry(
  p_client_inquiry_id uuid,
  p_flow_version text,
  p_step_id text,
  p_values jsonb,
  p_locale text,
  p_request_id uuid default null,
  p_normal jsonb default '{}'
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  saved public.chat_inquiries;
begin
  loop
    insert into public.chat_inquiries (
      client_inquiry_id, flow_version, step_id, values, normal, locale, request_id, from_guest
    ) values (p_client_inquiry_id, p_flow_version, p_step_id, p_values, p_normal, p_locale, p_request_id, true)
      on conflict do nothing
      returning * into saved;
    if found then
      -- Of no conversation: it is told of all the same.
      perform public.chat_tell(
        null, 'inquiry.submitted', jsonb_build_object('inquiryId', saved.id, 'stepId', p_step_id), p_actor => '{"kind": "guest"}'
      );
      return jsonb_build_object('inquiry', to_jsonb(saved), 'created', true);
    end if;

    select * into saved from public.chat_inquiries i
      where i.client_inquiry_id = p_client_inquiry_id and (i.from_guest or i.user_id is null);
    -- Not there: it was deleted in between.
    exit when found;
  end loop;

  if (saved.step_id, saved.values) is distinct from (p_step_id, p_values) then
    raise exception using errcode = 'PT409', message = 'idempotency_conflict';
  end if;
  return jsonb_build_object('inquiry', to_jsonb(saved), 'created', false);
end
$$;

comment on function public.chat_submit_inquiry(uuid, text, text, jsonb, text, uuid, jsonb) is
  'For the service: saves a guest''s form once; the same id with other values is refused.';

revoke all on function public.chat_submit_inquiry(uuid, text, text, jsonb, text, uuid, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.chat_submit_inquiry(uuid, text, text, jsonb, text, uuid, jsonb) to service_role;

-- What was changed about the team's settings, and what was taken out: pages of it, newest first. Nothing ends it.

create or replace function public.inbox_audit(
  p_user_id uuid,
  p_limit integer default 50,
  p_before_at timestamptz default null,
  p_before_id uuid default null
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  most_bytes constant integer := 1000000;
  page jsonb;
  rest integer;
begin
  -- A change of the hours may be long: a page ends before it is too long to be answered, and holds one at least.
  select coalesce(jsonb_agg(to_jsonb(w) - array['place', 'fits'] order by w.place) filter (where w.fits), '[]'),
      count(*) filter (where not w.fits)
    into page, rest
    from (
      select n.id, n.type, n.actor_kind, n.actor_id, n.actor_name, n.data, n.created_at, n.place,
        n.place = 1 or (n.place <= least(greatest(p_limit, 1), 200) and n.until <= most_bytes) as fits
      from (
        select a.*,
          row_number() over newest as place,
          sum(octet_length(a.data::text)) over newest as until
        from (
          select *
          from public.chat_activities l
          where l.conversation_id is null
            -- A guest's form, which is of no conversation.
            and l.type <> 'inquiry.submitted'
            and (p_before_at is null or (l.created_at, l.id) < (p_before_at, p_before_id))
          order by l.created_at desc, l.id desc
          limit least(greatest(p_limit, 1), 200) + 1
        ) a
        window newest as (order by a.created_at desc, a.id desc)
      ) n
    ) w;
  return jsonb_build_object('activities', page, 'has_more', rest > 0);
end
$$;

comment on function public.inbox_audit(uuid, integer, timestamptz, uuid) is
  'For the service: {activities, has_more}: the activities of no conversation before a place in their order (created_at, id), newest first. Admins only. Raises PT403.';

revoke all on function public.inbox_audit(uuid, integer, timestamptz, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_audit(uuid, integer, timestamptz, uuid) to service_role;
