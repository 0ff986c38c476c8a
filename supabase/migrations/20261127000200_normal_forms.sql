-- Beside what people wrote stand normal forms, made by the service: a telephone number or an e-mail address that is written
-- in two ways is found by both.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

-- A constant default rewrites nothing, and NOT VALID reads nothing under the lock; the next step validates.
alter table public.chat_inquiries
  add column normal jsonb not null default '{}',
  alter column normal set statistics 0,
  add constraint chat_inquiries_normal
    check (jsonb_typeof(normal) = 'object' and octet_length(normal::text) <= 65536) not valid;

comment on column public.chat_inquiries.normal is
  'Of what was filled in, by field name, normal forms: numbers in E.164, addresses with their domain in ASCII. To compare and to find by.';

-- No grant to members: it is for the service, which compares, and for operators, who search.

-- Nobody loses it: callers name what they give, and the new one has a default for what is new.
-- squawk-ignore ban-drop-function
drop function public.chat_submit_inquiry(uuid, text, text, jsonb, text, uuid);

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
        set answer = a.value -> 'answer', answered_at = clock_timestamp()
        from jsonb_array_elements(wanted -> 'messages') a (value)
        where a.value -> 'answer' <> 'null'
          and m.conversation_id = wanted_id
          and m.id = (a.value ->> 'id')::uuid;

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
        set handled_seq = c.last_seq, status = wanted ->> 'status'
        where c.id = wanted_id;
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
