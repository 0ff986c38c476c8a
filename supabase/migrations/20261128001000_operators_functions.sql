-- What operators do: the inbox, its settings, the live feed. Each function looks at their rights itself. Those of before, which
-- took the service's word for it, go.

-- squawk-ignore ban-drop-function
drop function public.chat_operator_day(timestamp with time zone,timestamp with time zone,integer);

-- squawk-ignore ban-drop-function
drop function public.chat_operator_inquiries(text,text,integer,timestamp with time zone,uuid);

-- squawk-ignore ban-drop-function
drop function public.chat_operator_mark(uuid,text);

-- A day's conversations, and what waits for an operator.

create or replace function public.chat_operator_day(
  p_user_id uuid, p_from timestamptz, p_to timestamptz, p_limit integer default 50
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  perform public.inbox_operator(p_user_id);
  return jsonb_build_object(
    'waiting', (select count(*) from public.chat_inquiries i where i.status = 'new'),
    'begun', (
      select count(*) from public.chat_conversations c where c.created_at >= p_from and c.created_at < p_to
    ),
    'completed', (
      select count(*) from public.chat_conversations c
      where c.created_at >= p_from and c.created_at < p_to and c.status = 'completed'
    ),
    'conversations', (
      select coalesce(jsonb_agg(to_jsonb(day) order by day.created_at desc, day.id desc), '[]')
      from (
        select c.id, c.user_id, c.status, c.created_at, c.last_message_at, c.message_count, said.content as last_words
        from public.chat_conversations c
        -- What the member said last: the bot's words are known.
        left join lateral (
          select m.content
          from public.chat_messages m
          where m.user_id = c.user_id and m.conversation_id = c.id and m.role = 'user' and m.seq is not null
          order by m.seq desc
          limit 1
        ) said on true
        where c.created_at >= p_from and c.created_at < p_to
        order by c.created_at desc, c.id desc
        limit least(greatest(p_limit, 1), 1000)
      ) day
    )
  );
end
$$;

comment on function public.chat_operator_day(uuid, timestamptz, timestamptz, integer) is
  'For the service: for an operator, how many inquiries wait, and the conversations that began in a span of time, newest first. Raises PT403.';

revoke all on function public.chat_operator_day(uuid, timestamptz, timestamptz, integer)
  from public, anon, authenticated, service_role;
grant execute on function public.chat_operator_day(uuid, timestamptz, timestamptz, integer) to service_role;

-- Operators find what was typed on another keyboard: composed or not (names typed on macOS), full width, and telephone
-- numbers however they are divided, with or without the country.

create or replace function public.chat_operator_inquiries(
  p_user_id uuid,
  p_text text default null,
  p_status text default null,
  p_limit integer default 50,
  p_before_at timestamptz default null,
  p_before_id uuid default null
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  perform public.inbox_operator(p_user_id);
  return (
    with folded as (
      select lower(normalize(p_text, nfkc)) as text
    ), asked as (
      select f.text, number.digits,
        -- In the normal form the country stands where the zero of the trunk was.
        substr(number.digits, 2) as without_trunk
      from folded f
      left join lateral (
        select translate(f.text, U&'+-.()/ ~\2010\2011\2012\2013\2014\2015\2212', '') as digits
      ) number on number.digits ~ '^[0-9]+$'
    )
    select coalesce(jsonb_agg(to_jsonb(page) order by page.created_at desc, page.id desc), '[]')
    from (
      select i.*
      from public.chat_inquiries i
      where (p_status is null or i.status = p_status)
        and (p_before_at is null or (i.created_at, i.id) < (p_before_at, p_before_id))
        -- What people wrote, not the names of the fields; whatever is typed is meant as it is.
        and (
          p_text is null
          or exists (
            select
            from asked a, (
                select w.value from jsonb_each_text(i.values) w union all select n.value from jsonb_each_text(i.normal) n
              ) v
              cross join lateral (select lower(normalize(v.value, nfkc)) as text) held
              cross join lateral (
                select translate(held.text, U&'+-.()/ ~\2010\2011\2012\2013\2014\2015\2212', '') as digits
              ) number
            where position(a.text in held.text) > 0
              or position(a.digits in number.digits) > 0
              or (a.digits ~ '^0[0-9]{6}' and position(a.without_trunk in number.digits) > 0)
          )
        )
      order by i.created_at desc, i.id desc
      limit least(greatest(p_limit, 1), 1000)
    ) page
  );
end
$$;

comment on function public.chat_operator_inquiries(uuid, text, text, integer, timestamptz, uuid) is
  'For the service: for an operator, inquiries after a place in the order (created_at, id), newest first, by text in their values and normal forms, however it is composed or divided, and by status. Raises PT403.';

revoke all on function public.chat_operator_inquiries(uuid, text, text, integer, timestamptz, uuid)
  from public, anon, authenticated, service_role;
grant execute on function public.chat_operator_inquiries(uuid, text, text, integer, timestamptz, uuid) to service_role;

-- An operator closes an inquiry, or opens it again.

create or replace function public.chat_operator_mark(p_user_id uuid, p_inquiry_id uuid, p_status text) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  marked public.chat_inquiries;
begin
  perform public.inbox_operator(p_user_id);
  -- Marked the same way again, it keeps its time.
  update public.chat_inquiries i
    set status = p_status, done_at = case when p_status = 'done' then coalesce(i.done_at, now()) end
    where i.id = p_inquiry_id
    returning * into marked;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  return to_jsonb(marked);
end
$$;

comment on function public.chat_operator_mark(uuid, uuid, text) is 'For the service: an operator marks an inquiry new or done. Raises PT403, PT404.';

revoke all on function public.chat_operator_mark(uuid, uuid, text) from public, anon, authenticated, service_role;
grant execute on function public.chat_operator_mark(uuid, uuid, text) to service_role;

-- An operator notes something for the team, once however often it is sent. What it says is in no activity.

create or replace function public.inbox_add_note(p_user_id uuid, p_id uuid, p_client_note_id uuid, p_content text)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  note public.chat_notes;
begin
  -- Two of the same wait for each other here.
  perform from public.chat_conversations c where c.id = p_id for no key update;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  select * into note from public.chat_notes n where n.conversation_id = p_id and n.client_note_id = p_client_note_id;
  if found then
    -- A note that was edited since says something else, and is the same.
    if note.operator_id <> operator.id or (note.content is distinct from p_content and note.edited_at is null) then
      raise exception using errcode = 'PT409', message = 'idempotency_conflict';
    end if;
    return jsonb_build_object('note', public.inbox_note(note), 'created', false);
  end if;
  if p_client_note_id is null or coalesce(p_content, '') !~ '\S' or char_length(p_content) > 16000 then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'content';
  end if;
  insert into public.chat_notes (conversation_id, operator_id, client_note_id, content)
    values (p_id, operator.id, p_client_note_id, p_content)
    returning * into note;
  perform public.inbox_touch(p_id);
  perform public.inbox_tell(operator, p_id, 'note.created', jsonb_build_object('noteId', note.id));
  return jsonb_build_object('note', public.inbox_note(note), 'created', true);
end
$$;

comment on function public.inbox_add_note(uuid, uuid, uuid, text) is
  'For the service: writes a note once; answers {note, created}. Raises PT403, PT404, PT409 idempotency_conflict, PT422.';

revoke all on function public.inbox_add_note(uuid, uuid, uuid, text) from public, anon, authenticated, service_role;
grant execute on function public.inbox_add_note(uuid, uuid, uuid, text) to service_role;

-- A conversation gets whom it belongs to: an operator, or nobody again. The caller holds both rows of it.

create or replace function public.inbox_assign(
  p_operator public.chat_operators,
  p_conversation_id uuid,
  p_assignee public.chat_operators,
  p_handling text
) returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  former constant uuid := (select d.assignee_id from public.chat_desk d where d.conversation_id = p_conversation_id);
begin
  if exists (
    select from public.chat_conversations c
    join public.chat_desk d on d.conversation_id = c.id
    where c.id = p_conversation_id and c.handling = p_handling
      and d.assignee_id is not distinct from p_assignee.id
  ) then
    return;
  end if;
  -- First the conversation, then the desk: its trigger goes the same way.
  update public.chat_conversations c
    set handling = p_handling,
      agent = case when p_assignee.id is not null
        then jsonb_build_object('name', p_assignee.display_name, 'avatarUrl', p_assignee.avatar_url)
      end,
      rev = c.rev + 1
    where c.id = p_conversation_id;
  update public.chat_desk d
    set assignee_id = p_assignee.id,
      assigned_at = case
        when p_assignee.id is null then null
        when p_assignee.id is distinct from d.assignee_id then now()
        else d.assigned_at
      end,
      -- Who takes it has seen what was written before; who is given it has not.
      answered_seq = case when p_assignee.id = p_operator.id then c.last_seq else d.answered_seq end,
      waiting_since = case when p_handling = 'waiting' then coalesce(d.waiting_since, now()) else d.waiting_since end
    from public.chat_conversations c
    where d.conversation_id = p_conversation_id and c.id = p_conversation_id;
  if former is distinct from p_assignee.id then
    perform public.inbox_tell(
      p_operator,
      p_conversation_id,
      case when p_assignee.id is not null then 'conversation.assigned' else 'conversation.unassigned' end,
      jsonb_build_object('assigneeId', p_assignee.id, 'assigneeName', p_assignee.display_name, 'formerId', former)
    );
  end if;
end
$$;

comment on function public.inbox_assign(public.chat_operators, uuid, public.chat_operators, text) is
  'For the service, inside other functions that hold conversation and desk: assigns it, or takes it from whoever has it, and says who handles it.';

revoke all on function public.inbox_assign(public.chat_operators, uuid, public.chat_operators, text)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_assign(public.chat_operators, uuid, public.chat_operators, text) to service_role;

-- An operator chooses to be online, away or offline; their screen says so again while it is there.

create or replace function public.inbox_available(p_user_id uuid, p_availability text) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
begin
  if p_availability is null or p_availability not in ('online', 'away', 'offline') then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'availability';
  end if;
  operator := public.inbox_seen(operator.id, p_availability);
  return jsonb_build_object('operator', public.inbox_colleague(operator));
end
$$;

comment on function public.inbox_available(uuid, text) is
  'For the service: sets what an operator chose, and that their screen is there; answers {operator}. Raises PT403, PT422.';

revoke all on function public.inbox_available(uuid, text) from public, anon, authenticated, service_role;
grant execute on function public.inbox_available(uuid, text) to service_role;

-- The texts that an operator has at hand: everybody's and their own.

create or replace function public.inbox_canned_replies(p_user_id uuid) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
begin
  return jsonb_build_object('canned_replies', (
    select coalesce(jsonb_agg(jsonb_build_object(
      'id', r.id, 'shortcut', r.shortcut, 'content', r.content, 'is_personal', r.operator_id is not null
    ) order by lower(r.shortcut), r.id), '[]')
    from public.chat_canned_replies r
    where r.operator_id is null or r.operator_id = operator.id
  ));
end
$$;

comment on function public.inbox_canned_replies(uuid) is
  'For the service: {canned_replies}: everybody''s and one''s own. Raises PT403.';

revoke all on function public.inbox_canned_replies(uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_canned_replies(uuid) to service_role;

-- An operator changes a conversation: who has it, who handles it, whether it is open; labels, priority, snooze, block.
-- What the flow says about it comes along (p_reply) and is written in the same transaction, or neither is.

create or replace function public.inbox_change(
  p_user_id uuid,
  p_id uuid,
  p_if_rev bigint,
  p_changes jsonb,
  p_reply jsonb default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  is_guarded constant boolean := p_changes ?| array['assignee_id', 'handling', 'status'];
  status constant text := p_changes ->> 'status';
  handling constant text := p_changes ->> 'handling';
  conversation record;
  desk record;
  assignee public.chat_operators;
begin
  if p_changes ? 'blocked' then
    -- Who deletes an account holds the contact and waits for its conversations.
    perform from public.chat_contacts p
      where p.id = (select c.user_id from public.chat_conversations c where c.id = p_id)
      for no key update;
  end if;
  select c.user_id, c.status, c.handling, c.rev, c.last_seq, c.message_count into conversation
    from public.chat_conversations c where c.id = p_id
    for no key update;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  select d.assignee_id, d.changes into desk from public.chat_desk d where d.conversation_id = p_id for update;

  if is_guarded
    and conversation.status <> 'open'
    and (status is distinct from 'open' or conversation.message_count >= 5000)
  then
    raise exception using errcode = 'PT409', message = 'conversation_completed';
  end if;
  if p_if_rev <> conversation.rev + desk.changes then
    raise exception using errcode = 'PT409', message = 'conversation_changed', detail = public.inbox_row(p_id)::text;
  end if;
  perform public.inbox_check_changes(p_changes);
  if is_guarded and p_if_rev is null then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'if_rev';
  end if;

  if status = 'open' and conversation.status <> 'open' then
    update public.chat_conversations c set status = 'open', rev = c.rev + 1 where c.id = p_id;
    -- It is a person's again: who had it, where they are still there, else who opened it.
    select * into assignee from public.chat_operators o
      where o.id = desk.assignee_id and o.is_active and o.user_id is not null;
    if not found then
      assignee := operator;
    end if;
    perform public.inbox_tell(operator, p_id, 'conversation.reopened');
    perform public.inbox_assign(operator, p_id, assignee, 'agent');
    conversation.handling := 'agent';
    desk.assignee_id := assignee.id;
  end if;
  if p_changes ->> 'assignee_id' is not null then
    -- Of somebody who is made inactive at this moment, inbox_return_idle takes it back.
    select * into assignee from public.chat_operators o
      where o.id = (p_changes ->> 'assignee_id')::uuid and o.is_active and o.user_id is not null;
    if not found then
      raise exception using errcode = 'PT422', message = 'invalid', detail = 'assignee_id';
    end if;
    perform public.inbox_assign(operator, p_id, assignee, 'agent');
  elsif handling = 'agent' and (conversation.handling <> 'agent' or desk.assignee_id is null) then
    perform public.inbox_assign(operator, p_id, operator, 'agent');
  elsif handling = 'waiting' or (p_changes ? 'assignee_id' and conversation.handling <> 'bot') then
    perform public.inbox_assign(operator, p_id, null, 'waiting');
    if conversation.handling = 'bot' then
      perform public.inbox_tell(operator, p_id, 'conversation.handed_over', '{"handling": "waiting"}');
    end if;
  elsif (handling = 'bot' and conversation.handling <> 'bot') or status = 'completed' then
    perform public.inbox_speak(operator, p_id, coalesce(handling, status), p_reply);
  end if;
  perform public.inbox_sort(operator, p_id, p_changes);
  perform public.inbox_seen(operator.id);

  return jsonb_build_object(
    'conversation', public.inbox_row(p_id),
    'messages', (
      select coalesce(jsonb_agg(public.inbox_message(m) order by m.seq), '[]')
      from public.chat_messages m
      where m.user_id = conversation.user_id and m.conversation_id = p_id and m.seq > conversation.last_seq
    )
  );
end
$$;

comment on function public.inbox_change(uuid, uuid, bigint, jsonb, jsonb) is
  'For the service: changes {assignee_id, handling, status} of the state that p_if_rev counts, and {add_labels, remove_labels, priority, snoozed_until, blocked} of any; with p_reply the flow speaks. Answers {conversation, messages: what was said}. Raises PT403, PT404, PT409 conversation_completed and conversation_changed (detail: as it is now), PT422.';

revoke all on function public.inbox_change(uuid, uuid, bigint, jsonb, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_change(uuid, uuid, bigint, jsonb, jsonb) to service_role;

-- Every conversation that changed since a cursor, as an inbox that is open shows it. The rows and the new cursor come
-- from one moment: STABLE, and one query.

create or replace function public.inbox_changes(p_user_id uuid, p_cursor text default null) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
begin
  return (
    select jsonb_build_object(
      'cursor', l.told -> 'cursor',
      'conversations', (
        select coalesce(jsonb_agg(shown.conversation), '[]')
        from (
          select public.inbox_row(moved.id::uuid) as conversation
          from jsonb_array_elements_text(l.told -> 'changed') moved (id)
        ) shown
        where shown.conversation is not null
      ),
      'gone', l.told -> 'gone',
      'resync', l.told -> 'resync'
    )
    from public.live_changes(p_cursor) l (told)
  );
end
$$;

comment on function public.inbox_changes(uuid, text) is
  'For the service: {cursor, conversations, gone, resync}: what changed since a cursor, exactly by commit; without one, the cursor that begins now. resync: true where it cannot be honoured or over 500 changed. Raises PT403.';

revoke all on function public.inbox_changes(uuid, text) from public, anon, authenticated, service_role;
grant execute on function public.inbox_changes(uuid, text) to service_role;

-- Whether changes of a conversation can be meant: known names and values, and none that contradicts another.

create or replace function public.inbox_check_changes(p_changes jsonb) returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  fault text := (
    select name from jsonb_object_keys(p_changes) name
    where name not in (
      'assignee_id', 'handling', 'status', 'add_labels', 'remove_labels', 'priority', 'snoozed_until', 'blocked'
    )
    limit 1
  );
begin
  fault := coalesce(fault, case
    when p_changes ->> 'status' not in ('open', 'completed')
      -- The end is said to whoever has it, and the bot is given what nobody has.
      or (p_changes ->> 'status' = 'completed' and p_changes ?| array['assignee_id', 'handling'])
      then 'status'
    when p_changes ->> 'handling' not in ('waiting', 'agent', 'bot')
      or (p_changes ->> 'handling' in ('waiting', 'bot') and p_changes ->> 'assignee_id' is not null)
      or (p_changes ->> 'handling' = 'agent' and p_changes -> 'assignee_id' = 'null')
      then 'handling'
    when p_changes ->> 'priority' not in ('low', 'normal', 'high', 'urgent') or p_changes -> 'priority' = 'null'
      then 'priority'
    when (p_changes ->> 'snoozed_until')::timestamptz <= now() then 'snoozed_until'
    when p_changes ? 'blocked' and jsonb_typeof(p_changes -> 'blocked') <> 'boolean' then 'blocked'
    when exists (
      select from unnest(array['add_labels', 'remove_labels']) which,
        jsonb_array_elements_text(coalesce(p_changes -> which, '[]')) wanted (name)
      where not exists (select from public.chat_labels l where lower(l.name) = lower(wanted.name))
    ) then 'labels'
  end);
  if fault is not null then
    raise exception using errcode = 'PT422', message = 'invalid', detail = fault;
  end if;
end
$$;

comment on function public.inbox_check_changes(jsonb) is
  'For the service, inside other functions: raises PT422 with the name of what is wrong.';

revoke all on function public.inbox_check_changes(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.inbox_check_changes(jsonb) to service_role;

-- An operator takes a conversation. Of several at once one wins, and the others are told who.

create or replace function public.inbox_claim(p_user_id uuid, p_id uuid, p_if_rev bigint default null) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  conversation record;
  desk record;
begin
  -- Everybody who writes to it waits here, customers, bot and operators alike.
  select c.status, c.handling, c.rev into conversation
    from public.chat_conversations c where c.id = p_id
    for no key update;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  select d.assignee_id, d.changes into desk from public.chat_desk d where d.conversation_id = p_id for update;

  if conversation.status <> 'open' then
    raise exception using errcode = 'PT409', message = 'conversation_completed';
  end if;
  if conversation.handling = 'agent' and desk.assignee_id = operator.id then
    return jsonb_build_object('conversation', public.inbox_row(p_id));
  end if;
  if conversation.handling = 'agent' and desk.assignee_id is not null then
    raise exception using errcode = 'PT409', message = 'already_assigned', detail = (
      select jsonb_build_object('id', o.id, 'displayName', o.display_name, 'avatarUrl', o.avatar_url)::text
      from public.chat_operators o where o.id = desk.assignee_id
    );
  end if;
  if p_if_rev <> conversation.rev + desk.changes then
    raise exception using errcode = 'PT409', message = 'conversation_changed', detail = public.inbox_row(p_id)::text;
  end if;

  perform public.inbox_assign(operator, p_id, operator, 'agent');
  perform public.inbox_seen(operator.id);
  return jsonb_build_object('conversation', public.inbox_row(p_id));
end
$$;

comment on function public.inbox_claim(uuid, uuid, bigint) is
  'For the service: gives a conversation to the operator who asks, or says that they have it; answers {conversation}. Raises PT403, PT404, and PT409 already_assigned (detail: who has it), conversation_completed, conversation_changed (detail: as it is now).';

revoke all on function public.inbox_claim(uuid, uuid, bigint) from public, anon, authenticated, service_role;
grant execute on function public.inbox_claim(uuid, uuid, bigint) to service_role;

-- An operator as settings show them.

create or replace function public.inbox_colleague(p_operator public.chat_operators) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return public.inbox_person(p_operator) || jsonb_build_object(
    'user_id', p_operator.user_id,
    'role', p_operator.role,
    'is_active', p_operator.is_active,
    'created_at', p_operator.created_at
  );
end
$$;

comment on function public.inbox_colleague(public.chat_operators) is
  'For the service: what inbox_person says, and account, role and whether they may do anything.';

revoke all on function public.inbox_colleague(public.chat_operators) from public, anon, authenticated, service_role;
grant execute on function public.inbox_colleague(public.chat_operators) to service_role;

-- What stands beside a conversation when an operator opens it. What was said comes in pages (inbox_messages).

create or replace function public.inbox_conversation(p_user_id uuid, p_id uuid) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  owner uuid;
begin
  select c.user_id into owner from public.chat_conversations c where c.id = p_id;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  return jsonb_build_object(
    'conversation', public.inbox_row(p_id),
    'contact', (
      select to_jsonb(who)
      from (
        select
          p.id, p.name, p.email, p.phone, p.is_guest, p.locale, p.attributes, p.blocked_at, p.last_seen_at,
          p.last_page_url, p.created_at
        from public.chat_contacts p
        where p.id = owner
      ) who
    ),
    'labels', (
      select coalesce(jsonb_agg(jsonb_build_object('name', l.name, 'color', l.color) order by lower(l.name)), '[]')
      from public.chat_conversation_labels cl
      join public.chat_labels l on l.id = cl.label_id
      where cl.conversation_id = p_id
    ),
    'notes', (
      select coalesce(jsonb_agg(public.inbox_note(n) order by n.created_at, n.id), '[]')
      from (
        select w.* from public.chat_notes w where w.conversation_id = p_id order by w.created_at desc, w.id desc limit 200
      ) n
    ),
    'activities', (
      select coalesce(jsonb_agg(to_jsonb(shown) order by shown.created_at, shown.id), '[]')
      from (
        select a.id, a.type, a.actor_kind, a.actor_id, a.actor_name, a.data, a.created_at
        from public.chat_activities a
        where a.conversation_id = p_id and a.type <> 'message.created'
        order by a.created_at desc, a.id desc
        limit 100
      ) shown
    ),
    'inquiries', (
      select coalesce(jsonb_agg(to_jsonb(shown) order by shown.created_at, shown.id), '[]')
      from (
        select i.id, i.message_id, i.step_id, i.values, i.normal, i.locale, i.status, i.created_at, i.done_at
        from public.chat_inquiries i
        where i.user_id = owner and i.conversation_id = p_id
        order by i.created_at desc, i.id desc
        limit 20
      ) shown
    ),
    'former', (
      select coalesce(jsonb_agg(to_jsonb(shown) order by shown.last_message_at desc, shown.id desc), '[]')
      from (
        select s.id, s.status, s.created_at, s.last_message_at, s.title
        from public.chat_conversation_summaries s
        where s.user_id = owner and s.id <> p_id
        order by s.last_message_at desc, s.id desc
        limit 20
      ) shown
    ),
    'viewers', (
      select coalesce(jsonb_agg(public.inbox_person(o) order by o.display_name, o.id), '[]')
      from public.chat_presence v
      join public.chat_operators o on o.id = v.operator_id
      where v.conversation_id = p_id and v.seen_at > now() - interval '60 seconds'
    )
  );
end
$$;

comment on function public.inbox_conversation(uuid, uuid) is
  'For the service: {conversation, contact, labels, notes, activities, inquiries, former, viewers} of any conversation: the newest 200 notes, 100 activities other than messages, 20 inquiries and 20 other conversations of the contact. Raises PT403, PT404.';

revoke all on function public.inbox_conversation(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_conversation(uuid, uuid) to service_role;

-- An operator deletes everybody's text or one of their own.

create or replace function public.inbox_delete_canned_reply(p_user_id uuid, p_id uuid) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  reply public.chat_canned_replies;
begin
  delete from public.chat_canned_replies r
    where r.id = p_id and (r.operator_id is null or r.operator_id = operator.id)
    returning * into reply;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  if reply.operator_id is null then
    perform public.inbox_tell(
      operator, null, 'settings.changed',
      jsonb_build_object('what', 'canned_reply', 'shortcut', reply.shortcut, 'deleted', true)
    );
  end if;
  return jsonb_build_object('id', reply.id);
end
$$;

comment on function public.inbox_delete_canned_reply(uuid, uuid) is
  'For the service: deletes a canned reply; answers {id}. Raises PT403, PT404.';

revoke all on function public.inbox_delete_canned_reply(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_delete_canned_reply(uuid, uuid) to service_role;

-- An admin deletes a label; no conversation has it any more.

create or replace function public.inbox_delete_label(p_user_id uuid, p_name text) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  label public.chat_labels;
begin
  delete from public.chat_labels l where lower(l.name) = lower(p_name) or l.id::text = p_name returning * into label;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  perform public.inbox_tell(
    operator, null, 'settings.changed', jsonb_build_object('what', 'label', 'name', label.name, 'deleted', true)
  );
  return jsonb_build_object('id', label.id, 'name', label.name);
end
$$;

comment on function public.inbox_delete_label(uuid, text) is
  'For the service: deletes a label by its name; answers {id, name}. Admins only. Raises PT403, PT404.';

revoke all on function public.inbox_delete_label(uuid, text) from public, anon, authenticated, service_role;
grant execute on function public.inbox_delete_label(uuid, text) to service_role;

-- An operator takes back a note of their own.

create or replace function public.inbox_delete_note(p_user_id uuid, p_note_id uuid) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  note public.chat_notes;
begin
  -- First the conversation, as everybody.
  perform from public.chat_conversations c
    where c.id = (select n.conversation_id from public.chat_notes n where n.id = p_note_id)
    for no key update;
  select * into note from public.chat_notes n where n.id = p_note_id for update;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  if note.operator_id <> operator.id then
    raise exception using errcode = 'PT403', message = 'not_allowed';
  end if;
  delete from public.chat_notes n where n.id = p_note_id;
  perform public.inbox_touch(note.conversation_id);
  perform public.inbox_tell(operator, note.conversation_id, 'note.deleted', jsonb_build_object('noteId', note.id));
  return jsonb_build_object('id', note.id, 'conversation_id', note.conversation_id);
end
$$;

comment on function public.inbox_delete_note(uuid, uuid) is
  'For the service: deletes a note of the operator who asks; answers {id, conversation_id}. Raises PT403, PT404.';

revoke all on function public.inbox_delete_note(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_delete_note(uuid, uuid) to service_role;

-- An operator changes a note of their own; that it was edited is seen.

create or replace function public.inbox_edit_note(p_user_id uuid, p_note_id uuid, p_content text) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  note public.chat_notes;
begin
  -- First the conversation, as everybody.
  perform from public.chat_conversations c
    where c.id = (select n.conversation_id from public.chat_notes n where n.id = p_note_id)
    for no key update;
  select * into note from public.chat_notes n where n.id = p_note_id for update;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  if note.operator_id <> operator.id then
    raise exception using errcode = 'PT403', message = 'not_allowed';
  end if;
  if coalesce(p_content, '') !~ '\S' or char_length(p_content) > 16000 then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'content';
  end if;
  if note.content <> p_content then
    update public.chat_notes n
      set content = p_content, edited_at = clock_timestamp()
      where n.id = p_note_id
      returning * into note;
    perform public.inbox_touch(note.conversation_id);
    perform public.inbox_tell(operator, note.conversation_id, 'note.edited', jsonb_build_object('noteId', note.id));
  end if;
  return jsonb_build_object('note', public.inbox_note(note));
end
$$;

comment on function public.inbox_edit_note(uuid, uuid, text) is
  'For the service: changes a note of the operator who asks; answers {note}. Raises PT403, PT404, PT422.';

revoke all on function public.inbox_edit_note(uuid, uuid, text) from public, anon, authenticated, service_role;
grant execute on function public.inbox_edit_note(uuid, uuid, text) to service_role;

-- Transcripts for admins, in pages: conversations that began in a span of time, oldest first, with what was said. Never
-- notes.

create or replace function public.inbox_export(
  p_user_id uuid,
  p_from timestamptz default null,
  p_to timestamptz default null,
  p_after jsonb default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  most_messages constant integer := 500;
  most_bytes constant integer := 1000000;
  after_at constant timestamptz := (p_after ->> 'at')::timestamptz;
  after_id constant uuid := p_after ->> 'id';
  -- Within a conversation that did not fit: the place after which it goes on.
  after_seq constant bigint := p_after ->> 'seq';
  conversation record;
  part record;
  rows jsonb := '[]';
  count integer := 0;
  bytes bigint := 0;
  next jsonb;
begin
  if p_after is null then
    perform public.inbox_tell(
      operator, null, 'export.made', jsonb_strip_nulls(jsonb_build_object('from', p_from, 'to', p_to))
    );
  end if;
  for conversation in
    select c.id, c.user_id, c.created_at
    from public.chat_conversations c
    where (p_from is null or c.created_at >= p_from)
      and (p_to is null or c.created_at < p_to)
      and (
        after_at is null
        or (c.created_at, c.id) > (after_at, after_id)
        or (after_seq is not null and c.id = after_id)
      )
    order by c.created_at, c.id
    limit 100
  loop
    if count >= most_messages or bytes >= most_bytes then
      exit;
    end if;
    next := jsonb_build_object('at', conversation.created_at, 'id', conversation.id);
    select coalesce(jsonb_agg(w.message order by w.seq), '[]') as messages, count(*) as number, max(w.seq) as last,
        coalesce(max(w.until), 0) as size
      into part
      from (
        select n.message, n.seq, n.until, n.until - n.size as before
        from (
          select f.message, f.seq, octet_length(f.message::text) as size,
            sum(octet_length(f.message::text)) over (order by f.seq) as until
          from (
            select m.seq, public.inbox_message(m) as message
            from public.chat_messages m
            where m.user_id = conversation.user_id
              and m.conversation_id = conversation.id
              and m.seq > case when conversation.id = after_id and after_seq is not null then after_seq else -9223372036854775808 end
            order by m.seq
            limit most_messages - count
          ) f
        ) n
      ) w
      where w.before = 0 or w.until <= most_bytes - bytes;
    rows := rows || jsonb_build_object('conversation', public.inbox_row(conversation.id), 'messages', part.messages);
    count := count + part.number + 1;
    bytes := bytes + part.size;
    if exists (
      select from public.chat_messages m
      where m.user_id = conversation.user_id and m.conversation_id = conversation.id and m.seq > part.last
    ) then
      next := next || jsonb_build_object('seq', part.last);
      exit;
    end if;
  end loop;
  return jsonb_build_object('rows', rows, 'next', next);
end
$$;

comment on function public.inbox_export(uuid, timestamptz, timestamptz, jsonb) is
  'For the service: {rows: [{conversation, messages}], next}: a page of transcripts after the next of the page before; an empty page, whose next is null, comes after the last. A conversation that does not fit comes again with the rest of its messages. The first page leaves an activity. Admins only. Raises PT403.';

revoke all on function public.inbox_export(uuid, timestamptz, timestamptz, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.inbox_export(uuid, timestamptz, timestamptz, jsonb) to service_role;

-- Since when an operator is away from their screen, or has said so; a time to come while they are there.

create or replace function public.inbox_gone_since(p_operator public.chat_operators) returns timestamptz
language sql
stable
security invoker
set search_path = ''
as $$
  select case when p_operator.is_active and p_operator.user_id is not null
    then least(p_operator.offline_since, coalesce(p_operator.seen_at, p_operator.created_at) + interval '60 seconds')
    -- Who may do nothing is gone, whatever their screen tells.
    else '-infinity'
  end
$$;

comment on function public.inbox_gone_since(public.chat_operators) is
  'For the service, inside other functions: since when an operator counts as offline.';

revoke all on function public.inbox_gone_since(public.chat_operators) from public, anon, authenticated, service_role;
grant execute on function public.inbox_gone_since(public.chat_operators) to service_role;

-- When the team answers.

create or replace function public.inbox_hours(p_user_id uuid) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
begin
  return jsonb_build_object('hours', (select to_jsonb(t) - 'id' from public.chat_team t));
end
$$;

comment on function public.inbox_hours(uuid) is
  'For the service: {hours}: the row of chat_team. Raises PT403.';

revoke all on function public.inbox_hours(uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_hours(uuid) to service_role;

-- The labels that there are.

create or replace function public.inbox_labels(p_user_id uuid) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
begin
  return jsonb_build_object('labels', (
    select coalesce(jsonb_agg(jsonb_build_object('id', l.id, 'name', l.name, 'color', l.color) order by lower(l.name)), '[]')
    from public.chat_labels l
  ));
end
$$;

comment on function public.inbox_labels(uuid) is
  'For the service: {labels} by name. Raises PT403.';

revoke all on function public.inbox_labels(uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_labels(uuid) to service_role;

-- A page of a view of the inbox, and how much is in each view. Every list and every count is one walk of one index that
-- ends with the page, or at 100: it costs the same among ten conversations and among a million.

create or replace function public.inbox_list(
  p_user_id uuid,
  p_view text default 'open',
  p_assignee uuid default null,
  p_label text default null,
  p_channel text default null,
  p_limit integer default 50,
  p_before jsonb default null
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  awake constant text := '(d.snoozed_until is null or d.snoozed_until <= now())';
  views constant jsonb := jsonb_build_object(
    'waiting', 'd.status = ''open'' and d.handling = ''waiting'' and ' || awake,
    'mine', 'd.status = ''open'' and d.assignee_id = $1 and ' || awake,
    'unassigned', 'd.pile = ''people'' and d.assignee_id is null and ' || awake,
    'open', 'd.pile = ''people'' and ' || awake,
    'bot', 'd.pile = ''bot''',
    'snoozed', 'd.status = ''open'' and d.snoozed_until is not null and d.snoozed_until > now()',
    'completed', 'd.pile = ''completed''',
    'all', 'true'
  );
  -- Who waits longest comes first; elsewhere who was there last.
  sort constant text := case p_view when 'waiting' then 'd.waiting_since' else 'd.last_message_at' end;
  direction constant text := case p_view when 'waiting' then '' else ' desc' end;
  size constant integer := least(greatest(coalesce(p_limit, 50), 1), 200);
  conditions text := views ->> p_view;
  counts jsonb;
  places jsonb;
begin
  if conditions is null then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'view';
  end if;
  if p_assignee is not null then
    conditions := conditions || ' and d.assignee_id = $2';
  end if;
  if p_label is not null then
    conditions := conditions || ' and exists (
      select from public.chat_conversation_labels cl
      where cl.conversation_id = d.conversation_id
        and cl.label_id = (select l.id from public.chat_labels l where lower(l.name) = lower($3))
    )';
  end if;
  if p_channel is not null then
    conditions := conditions || ' and d.channel = $4';
  end if;
  if p_before is not null then
    conditions := conditions || format(
      ' and (%s, d.conversation_id) %s ($5, $6)', sort, case direction when '' then '>' else '<' end
    );
  end if;

  -- Put together from the words above, so that each is planned for its own index; what the caller gave are parameters.
  execute format(
    $q$
      select coalesce(jsonb_agg(jsonb_build_object('at', w.at, 'id', w.id) order by w.place), '[]')
      from (
        select d.conversation_id as id, %1$s as at, row_number() over (order by %1$s%2$s, d.conversation_id%2$s) as place
        from public.chat_desk d
        where %3$s
        order by %1$s%2$s, d.conversation_id%2$s
        limit $7
      ) w
    $q$,
    sort, direction, conditions
  ) into places
    using operator.id, p_assignee, p_label, p_channel,
      (p_before ->> 'at')::timestamptz, (p_before ->> 'id')::uuid, size + 1;

  -- In the order of an index, so that one is walked, however the rows lie in the table.
  execute (
    select 'select jsonb_build_object(' || string_agg(
      format(
        '%L, (select count(*) from (select from public.chat_desk d where %s order by %s limit 100) counted)',
        v.key, v.value,
        case v.key
          when 'waiting' then 'd.waiting_since, d.conversation_id'
          else 'd.last_message_at desc, d.conversation_id desc'
        end
      ), ', '
    ) || ')'
    from jsonb_each_text(views) v
  ) into counts using operator.id;

  return jsonb_build_object(
    'conversations', (
      select coalesce(jsonb_agg(public.inbox_row((p.place ->> 'id')::uuid) order by p.number), '[]')
      from jsonb_array_elements(places) with ordinality p (place, number)
      where p.number <= size
    ),
    'has_more', jsonb_array_length(places) > size,
    -- Where the next page begins, as p_before takes it.
    'next', case when jsonb_array_length(places) > size then places -> size - 1 end,
    'counts', counts
  );
end
$$;

comment on function public.inbox_list(uuid, text, uuid, text, text, integer, jsonb) is
  'For the service: {conversations, has_more, next, counts} of a view: waiting, mine, unassigned, open, bot, snoozed, completed or all; at most 200 a page, counts to 100. p_before is the next of the page before. Raises PT403, PT422.';

revoke all on function public.inbox_list(uuid, text, uuid, text, text, integer, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_list(uuid, text, uuid, text, text, integer, jsonb) to service_role;

-- An operator looks at a conversation, and at no other; or at none. It also tells that their screen is there.

create or replace function public.inbox_look(p_user_id uuid, p_conversation_id uuid default null) returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
begin
  if p_conversation_id is not null
    and not exists (select from public.chat_conversations c where c.id = p_conversation_id) then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  delete from public.chat_presence p
    where p.operator_id = operator.id and p.conversation_id is distinct from p_conversation_id;
  if p_conversation_id is not null then
    insert into public.chat_presence (operator_id, conversation_id) values (operator.id, p_conversation_id)
      on conflict (operator_id, conversation_id) do update set seen_at = now();
  end if;
  perform public.inbox_seen(operator.id);
exception when foreign_key_violation then
  -- It was deleted at this moment.
  raise exception using errcode = 'PT404', message = 'not_found';
end
$$;

comment on function public.inbox_look(uuid, uuid) is
  'For the service: what an operator looks at, for 60 seconds. Raises PT403, PT404.';

revoke all on function public.inbox_look(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_look(uuid, uuid) to service_role;

-- Who I am in the team, and what I may.

create or replace function public.inbox_me(p_user_id uuid) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return jsonb_build_object('operator', public.inbox_colleague(public.inbox_operator(p_user_id)));
end
$$;

comment on function public.inbox_me(uuid) is 'For the service: {operator} behind an account. Raises PT403.';

revoke all on function public.inbox_me(uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_me(uuid) to service_role;

-- A message as operators read it: the columns that its customer reads. A column that the table gets later is nobody's
-- until it is named here.

create or replace function public.inbox_message(p_message public.chat_messages) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select to_jsonb(shown)
  from (
    select
      p_message.id, p_message.conversation_id, p_message.seq, p_message.role, p_message.kind, p_message.content,
      p_message.payload, p_message.client_message_id, p_message.request_id, p_message.in_reply_to, p_message.answer,
      p_message.answered_at, p_message.created_at, p_message.author, p_message.status, p_message.rev
  ) shown
$$;

comment on function public.inbox_message(public.chat_messages) is 'For the service: a message as operators read it.';

revoke all on function public.inbox_message(public.chat_messages) from public, anon, authenticated, service_role;
grant execute on function public.inbox_message(public.chat_messages) to service_role;

-- A page of anybody's conversation, as its customer gets it: by place (the newest, those before a number, those after
-- one), or by what changed after a rev. At most 200 messages and 4 MB; one message is always shown.

create or replace function public.inbox_messages(
  p_user_id uuid,
  p_id uuid,
  p_limit integer default 50,
  p_before bigint default null,
  p_after bigint default null,
  p_after_rev bigint default null
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  size constant integer := least(greatest(coalesce(p_limit, 50), 1), 200);
  -- A plain number, so that the index ends there.
  before constant bigint := coalesce(p_before, 9223372036854775807);
  owner uuid;
  found_rows public.chat_messages[];
  page jsonb;
  shown integer;
  first_seq bigint;
  last_seq bigint;
begin
  select c.user_id into owner from public.chat_conversations c where c.id = p_id;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;

  -- In the order in which the page may be cut short.
  if p_after_rev is not null then
    found_rows := array(
      select m from public.chat_messages m
      where m.user_id = owner and m.conversation_id = p_id and m.rev > p_after_rev
      order by m.rev limit size + 1
    );
  elsif p_after is not null then
    found_rows := array(
      select m from public.chat_messages m
      where m.user_id = owner and m.conversation_id = p_id and m.seq > p_after
      order by m.seq limit size
    );
  else
    found_rows := array(
      select m from public.chat_messages m
      where m.user_id = owner and m.conversation_id = p_id and m.seq < before
      order by m.seq desc limit size
    );
  end if;
  select coalesce(jsonb_agg(w.message order by case when p_after_rev is null then w.seq else w.place end), '[]'),
      count(*), min(w.seq), max(w.seq)
    into page, shown, first_seq, last_seq
    from (
      select s.message, s.seq, s.place, sum(octet_length(s.message::text)) over (order by s.place) as bytes
      from (
        select public.inbox_message(f) as message, f.seq, row_number() over () as place from unnest(found_rows) f
      ) s
    ) w
    where w.place = 1 or (w.place <= size and w.bytes <= 4194304);

  return jsonb_build_object('conversation', public.inbox_row(p_id), 'messages', page) || case
    when p_after_rev is not null then jsonb_build_object('has_more', shown < cardinality(found_rows))
    else jsonb_build_object(
      'has_earlier', exists (
        select from public.chat_messages w
        where w.user_id = owner and w.conversation_id = p_id and w.seq < first_seq
      ),
      'has_later', exists (
        select from public.chat_messages w
        where w.user_id = owner and w.conversation_id = p_id and w.seq > last_seq
      )
    )
  end;
end
$$;

comment on function public.inbox_messages(uuid, uuid, integer, bigint, bigint, bigint) is
  'For the service: {conversation, messages} of any conversation, with has_earlier and has_later, or with has_more where it was asked for what changed after a rev. Raises PT403, PT404.';

revoke all on function public.inbox_messages(uuid, uuid, integer, bigint, bigint, bigint)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_messages(uuid, uuid, integer, bigint, bigint, bigint) to service_role;

-- A note as operators read it, with who wrote it.

create or replace function public.inbox_note(p_note public.chat_notes) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return jsonb_build_object(
    'id', p_note.id,
    'conversation_id', p_note.conversation_id,
    'client_note_id', p_note.client_note_id,
    'author', (select public.inbox_person(o) from public.chat_operators o where o.id = p_note.operator_id),
    'content', p_note.content,
    'created_at', p_note.created_at,
    'edited_at', p_note.edited_at
  );
end
$$;

comment on function public.inbox_note(public.chat_notes) is 'For the service: a note as operators read it.';

revoke all on function public.inbox_note(public.chat_notes) from public, anon, authenticated, service_role;
grant execute on function public.inbox_note(public.chat_notes) to service_role;

-- Who asks, if they may: called inside every function for operators, so that rights are looked at in the same statement.

create or replace function public.inbox_operator(p_user_id uuid, p_must_be_admin boolean default false)
returns public.chat_operators
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators;
begin
  select * into operator from public.chat_operators o where o.user_id = p_user_id and o.is_active;
  if not found then
    raise exception using errcode = 'PT403', message = 'not_an_operator';
  end if;
  if p_must_be_admin and operator.role <> 'admin' then
    raise exception using errcode = 'PT403', message = 'not_allowed';
  end if;
  return operator;
end
$$;

comment on function public.inbox_operator(uuid, boolean) is
  'For the service: the operator behind an account. Raises PT403 not_an_operator, and not_allowed where an admin is wanted.';

revoke all on function public.inbox_operator(uuid, boolean) from public, anon, authenticated, service_role;
grant execute on function public.inbox_operator(uuid, boolean) to service_role;

-- The team, those who left it too: what they wrote names them.

create or replace function public.inbox_operators(p_user_id uuid) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
begin
  return jsonb_build_object('operators', (
    select coalesce(jsonb_agg(public.inbox_colleague(o) order by o.is_active desc, lower(o.display_name), o.id), '[]')
    from public.chat_operators o
  ));
end
$$;

comment on function public.inbox_operators(uuid) is
  'For the service: {operators}, active ones first. Raises PT403.';

revoke all on function public.inbox_operators(uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_operators(uuid) to service_role;

-- An operator as the team sees them. What they chose holds while their screen tells of itself.

create or replace function public.inbox_person(p_operator public.chat_operators) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select case when p_operator.id is not null then jsonb_build_object(
    'id', p_operator.id,
    'display_name', p_operator.display_name,
    'avatar_url', p_operator.avatar_url,
    'availability', case
      when p_operator.is_active and p_operator.user_id is not null and p_operator.seen_at > now() - interval '60 seconds'
        then p_operator.availability
      else 'offline'
    end
  ) end
$$;

comment on function public.inbox_person(public.chat_operators) is
  'For the service: key, name, picture and availability of an operator; null for nobody.';

revoke all on function public.inbox_person(public.chat_operators) from public, anon, authenticated, service_role;
grant execute on function public.inbox_person(public.chat_operators) to service_role;

-- An operator answers: once, however often it is sent. Where nobody had the conversation, it is theirs from then on.

create or replace function public.inbox_reply(
  p_user_id uuid,
  p_id uuid,
  p_client_message_id uuid,
  p_content text,
  p_seen_rev bigint default null,
  p_request_id uuid default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  conversation record;
  desk record;
  message public.chat_messages;
begin
  -- Two of the same wait for each other here, and the second finds what the first wrote.
  select c.user_id, c.status, c.handling, c.message_count into conversation
    from public.chat_conversations c where c.id = p_id
    for no key update;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  select d.assignee_id, d.customer_rev into desk from public.chat_desk d where d.conversation_id = p_id for update;

  select * into message from public.chat_messages m
    where m.conversation_id = p_id and m.client_message_id = p_client_message_id;
  if found then
    if message.author is null or message.content is distinct from p_content then
      raise exception using errcode = 'PT409', message = 'idempotency_conflict';
    end if;
    return jsonb_build_object(
      'conversation', public.inbox_row(p_id), 'message', public.inbox_message(message), 'created', false
    );
  end if;
  if conversation.status <> 'open' or conversation.message_count >= 5000 then
    raise exception using errcode = 'PT409', message = 'conversation_completed';
  end if;
  if p_seen_rev < desk.customer_rev then
    raise exception using errcode = 'PT409', message = 'conversation_changed', detail = public.inbox_row(p_id)::text;
  end if;
  if p_client_message_id is null or coalesce(p_content, '') !~ '\S' or char_length(p_content) > 4000 then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'content';
  end if;

  if conversation.handling <> 'agent' or desk.assignee_id is null then
    perform public.inbox_assign(operator, p_id, operator, 'agent');
    desk.assignee_id := operator.id;
  end if;
  insert into public.chat_messages (conversation_id, user_id, role, kind, content, client_message_id, request_id, author)
    values (
      p_id, conversation.user_id, 'system', 'text', p_content, p_client_message_id, p_request_id,
      jsonb_build_object('name', operator.display_name, 'avatarUrl', operator.avatar_url)
    )
    returning * into message;
  update public.chat_desk d
    set waiting_since = null, first_answered_at = coalesce(d.first_answered_at, now()), answered_seq = message.seq
    where d.conversation_id = p_id;
  -- Who answers is there.
  perform public.inbox_seen(operator.id);
  update public.chat_typing t set typed_at = '-infinity' where t.conversation_id = p_id and t.operator_id = operator.id;
  perform public.inbox_tell(operator, p_id, 'message.created', jsonb_build_object(
    'messageId', message.id, 'role', message.role, 'kind', message.kind, 'seq', message.seq, 'rev', message.rev,
    -- Whose conversation it was: somebody else's, where a colleague helped.
    'assigneeId', desk.assignee_id
  ));
  return jsonb_build_object(
    'conversation', public.inbox_row(p_id), 'message', public.inbox_message(message), 'created', true
  );
end
$$;

comment on function public.inbox_reply(uuid, uuid, uuid, text, bigint, uuid) is
  'For the service: writes an operator''s message once; answers {conversation, message, created}. Raises PT403, PT404, PT409 idempotency_conflict, conversation_completed and conversation_changed (detail: as it is now), PT422.';

revoke all on function public.inbox_reply(uuid, uuid, uuid, text, bigint, uuid)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_reply(uuid, uuid, uuid, text, bigint, uuid) to service_role;

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
    insert into public.chat_activities (conversation_id, type, actor_kind, data)
      values (place, 'conversation.unassigned', 'system', jsonb_build_object('formerId', former.id, 'reason', 'offline'));
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
    insert into public.chat_activities (conversation_id, type, actor_kind) values (place, 'conversation.woken', 'system');
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

-- A conversation as the inbox shows it, whoever its owner is: what the customer sees of it, the desk, and who they are.

create or replace function public.inbox_row(p_conversation_id uuid) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select to_jsonb(shown)
  from (
    select
      c.id,
      c.user_id,
      c.status,
      c.handling,
      c.channel,
      c.rev,
      -- What the inbox calls rev: it counts what customers see and what only operators see.
      c.rev + d.changes as seen_rev,
      c.state_version,
      c.created_at,
      c.last_message_at,
      s.last_read_seq,
      s.title,
      c.rating,
      c.rating_asked_at,
      (select public.inbox_person(o) from public.chat_operators o where o.id = d.assignee_id) as assignee,
      d.waiting_since,
      d.first_answered_at,
      d.priority,
      d.snoozed_until,
      (
        select coalesce(jsonb_agg(jsonb_build_object('name', l.name, 'color', l.color) order by lower(l.name)), '[]')
        from public.chat_conversation_labels cl
        join public.chat_labels l on l.id = cl.label_id
        where cl.conversation_id = c.id
      ) as labels,
      (
        select to_jsonb(who)
        from (
          select
            p.id, p.name, p.email, p.phone, p.is_guest, p.locale, p.blocked_at, p.last_seen_at, p.last_page_url
          from public.chat_contacts p
          where p.id = c.user_id
        ) who
      ) as contact,
      s.last_message,
      -- One number for the whole team, to 100 and no further.
      (
        select count(*)
        from (
          select
          from public.chat_messages m
          where m.user_id = c.user_id and m.conversation_id = c.id and m.role = 'user' and m.seq > d.answered_seq
          limit 100
        ) unread
      ) as unread_count
    from public.chat_conversations c
    join public.chat_desk d on d.conversation_id = c.id
    join public.chat_conversation_summaries s on s.id = c.id and s.user_id = c.user_id
    where c.id = p_conversation_id
  ) shown
$$;

comment on function public.inbox_row(uuid) is 'For the service: a conversation as the inbox shows it; null where there is none.';

revoke all on function public.inbox_row(uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_row(uuid) to service_role;

-- An operator makes or changes a text for everybody or for themselves. Somebody else's own is not there.

create or replace function public.inbox_save_canned_reply(p_user_id uuid, p_id uuid, p_values jsonb) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  reply public.chat_canned_replies;
begin
  if p_id is not null then
    select * into reply from public.chat_canned_replies r
      where r.id = p_id and (r.operator_id is null or r.operator_id = operator.id)
      for update;
    if not found then
      raise exception using errcode = 'PT404', message = 'not_found';
    end if;
  end if;
  reply.shortcut := coalesce(p_values ->> 'shortcut', reply.shortcut);
  reply.content := coalesce(p_values ->> 'content', reply.content);
  if p_values ? 'is_personal' then
    reply.operator_id := case when (p_values ->> 'is_personal')::boolean then operator.id end;
  end if;
  if coalesce(reply.shortcut, '') !~ '^\S{1,50}$' then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'shortcut';
  end if;
  if coalesce(reply.content, '') !~ '\S' or char_length(reply.content) > 4000 then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'content';
  end if;
  if p_id is null and exists (
    select from public.chat_canned_replies r
    where r.operator_id is not distinct from reply.operator_id
      and lower(r.shortcut) = lower(reply.shortcut)
      and r.content = reply.content
  ) then
    -- Sent again.
    select * into reply from public.chat_canned_replies r
      where r.operator_id is not distinct from reply.operator_id and lower(r.shortcut) = lower(reply.shortcut);
    return jsonb_build_object('canned_reply', jsonb_build_object(
      'id', reply.id, 'shortcut', reply.shortcut, 'content', reply.content, 'is_personal', reply.operator_id is not null
    ), 'created', false);
  end if;
  begin
    if p_id is null then
      insert into public.chat_canned_replies (operator_id, shortcut, content)
        values (reply.operator_id, reply.shortcut, reply.content)
        returning * into reply;
    else
      update public.chat_canned_replies r
        set operator_id = reply.operator_id, shortcut = reply.shortcut, content = reply.content
        where r.id = p_id;
    end if;
  exception when unique_violation then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'shortcut';
  end;
  -- What somebody keeps for themselves is no setting of the team's.
  if reply.operator_id is null then
    perform public.inbox_tell(
      operator, null, 'settings.changed', jsonb_build_object('what', 'canned_reply', 'shortcut', reply.shortcut)
    );
  end if;
  return jsonb_build_object('canned_reply', jsonb_build_object(
    'id', reply.id, 'shortcut', reply.shortcut, 'content', reply.content, 'is_personal', reply.operator_id is not null
  ), 'created', p_id is null);
end
$$;

comment on function public.inbox_save_canned_reply(uuid, uuid, jsonb) is
  'For the service: makes (p_id null) or changes a canned reply {shortcut, content, is_personal}; answers {canned_reply, created}. Raises PT403, PT404, PT422.';

revoke all on function public.inbox_save_canned_reply(uuid, uuid, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.inbox_save_canned_reply(uuid, uuid, jsonb) to service_role;

-- An admin says when the team answers. What the values mean is checked by who sends them; here, that they have their place.

create or replace function public.inbox_save_hours(p_user_id uuid, p_values jsonb) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  team public.chat_team;
  fault text := (
    select name from jsonb_object_keys(p_values) name
    where name not in (
      'time_zone', 'spans', 'holidays', 'always_open', 'override_open', 'override_until', 'expected_reply_seconds'
    )
    limit 1
  );
begin
  select * into team from public.chat_team t for update;
  team := jsonb_populate_record(team, p_values);
  begin
    perform now() at time zone team.time_zone;
  exception when invalid_parameter_value then
    fault := 'time_zone';
  end;
  fault := coalesce(fault, case
    when team.time_zone is null then 'time_zone'
    when jsonb_typeof(team.spans) is distinct from 'array' or octet_length(team.spans::text) > 16384 then 'spans'
    when jsonb_typeof(team.holidays) is distinct from 'array' or octet_length(team.holidays::text) > 16384 then 'holidays'
    when team.always_open is null then 'always_open'
    when (team.override_open is null) <> (team.override_until is null) then 'override_until'
    when team.expected_reply_seconds < 0 then 'expected_reply_seconds'
  end);
  if fault is not null then
    raise exception using errcode = 'PT422', message = 'invalid', detail = fault;
  end if;
  update public.chat_team t
    set time_zone = team.time_zone,
      spans = team.spans,
      holidays = team.holidays,
      always_open = team.always_open,
      override_open = team.override_open,
      override_until = team.override_until,
      expected_reply_seconds = team.expected_reply_seconds;
  perform public.inbox_tell(operator, null, 'settings.changed', jsonb_build_object(
    'what', 'hours', 'names', (select coalesce(jsonb_agg(name), '[]') from jsonb_object_keys(p_values) name)
  ));
  return public.inbox_hours(p_user_id);
end
$$;

comment on function public.inbox_save_hours(uuid, jsonb) is
  'For the service: changes {time_zone, spans, holidays, always_open, override_open, override_until, expected_reply_seconds}; answers {hours}. Admins only. Raises PT403, PT422.';

revoke all on function public.inbox_save_hours(uuid, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.inbox_save_hours(uuid, jsonb) to service_role;

-- An admin makes a label or changes it. Labels go by their name; making one that is there changes its colour at most.

create or replace function public.inbox_save_label(p_user_id uuid, p_name text, p_values jsonb) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  label public.chat_labels;
  wanted constant text := btrim(p_values ->> 'name');
  paint constant text := lower(p_values ->> 'color');
  is_new boolean;
begin
  if char_length(wanted) not between 1 and 50 or (p_name is null and wanted is null) then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'name';
  end if;
  if paint !~ '^#[0-9a-f]{6}$' then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'color';
  end if;
  select * into label from public.chat_labels l
    where lower(l.name) = lower(coalesce(p_name, wanted)) or l.id::text = p_name
    for update;
  is_new := not found;
  if p_name is not null and is_new then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  begin
    if is_new then
      insert into public.chat_labels (name, color) values (wanted, paint) returning * into label;
    else
      update public.chat_labels l
        set name = case when p_name is not null then coalesce(wanted, l.name) else l.name end,
          color = case when p_values ? 'color' then paint else l.color end
        where l.id = label.id
        returning * into label;
    end if;
  exception when unique_violation then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'name';
  end;
  perform public.inbox_tell(
    operator, null, 'settings.changed', jsonb_build_object('what', 'label', 'name', label.name, 'former', p_name)
  );
  return jsonb_build_object(
    'label', jsonb_build_object('id', label.id, 'name', label.name, 'color', label.color), 'created', is_new
  );
end
$$;

comment on function public.inbox_save_label(uuid, text, jsonb) is
  'For the service: makes (p_name null) or changes a label {name, color}; answers {label, created}. Admins only. Raises PT403, PT404, PT422.';

revoke all on function public.inbox_save_label(uuid, text, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.inbox_save_label(uuid, text, jsonb) to service_role;

-- An admin takes somebody into the team, or changes who they are in it. There is always an admin.

create or replace function public.inbox_save_operator(p_user_id uuid, p_id uuid, p_values jsonb) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  asking public.chat_operators := public.inbox_operator(p_user_id, true);
  operator public.chat_operators;
  former public.chat_operators;
  fault text := (
    select name from jsonb_object_keys(p_values) name
    where name not in ('user_id', 'display_name', 'avatar_url', 'role', 'is_active')
    limit 1
  );
begin
  -- Two admins who take it from each other do so one after the other, and the second is none any more.
  perform from public.chat_operators o where o.role = 'admin' and o.is_active order by o.id for update;
  asking := public.inbox_operator(p_user_id, true);
  if p_id is null then
    -- Sent again: whoever is in the team stays as they are.
    select * into operator from public.chat_operators o where o.user_id = (p_values ->> 'user_id')::uuid;
    if found then
      return jsonb_build_object('operator', public.inbox_colleague(operator), 'created', false);
    end if;
  else
    select * into former from public.chat_operators o where o.id = p_id for update;
    if not found then
      raise exception using errcode = 'PT404', message = 'not_found';
    end if;
  end if;
  operator := jsonb_populate_record(
    case when p_id is not null then former end, p_values - case when p_id is not null then 'user_id' else '' end
  );
  operator.role := coalesce(operator.role, 'agent');
  operator.is_active := coalesce(operator.is_active, true);
  fault := coalesce(fault, case
    when p_id is null and operator.user_id is null then 'user_id'
    when coalesce(operator.display_name, '') !~ '\S' or char_length(operator.display_name) > 80 then 'display_name'
    when operator.avatar_url !~ '^https?://' or char_length(operator.avatar_url) > 2048 then 'avatar_url'
    when operator.role not in ('admin', 'agent') then 'role'
    -- Who asks is an admin, so only they themselves can be the last one.
    when p_id = asking.id and not (operator.role = 'admin' and operator.is_active) and not exists (
      select from public.chat_operators o
      where o.role = 'admin' and o.is_active and o.user_id is not null and o.id <> p_id
    ) then case when operator.role = 'admin' then 'is_active' else 'role' end
  end);
  if fault is not null then
    raise exception using errcode = 'PT422', message = 'invalid', detail = fault;
  end if;

  begin
    if p_id is null then
      insert into public.chat_operators (user_id, display_name, avatar_url, role, is_active)
        values (operator.user_id, operator.display_name, operator.avatar_url, operator.role, operator.is_active)
        returning * into operator;
    else
      update public.chat_operators o
        set display_name = operator.display_name,
          avatar_url = operator.avatar_url,
          role = operator.role,
          is_active = operator.is_active,
          availability = case when operator.is_active then o.availability else 'offline' end,
          offline_since = case when operator.is_active then o.offline_since else coalesce(o.offline_since, now()) end
        where o.id = p_id
        returning * into operator;
    end if;
  exception when foreign_key_violation or unique_violation then
    -- No such account, or somebody else takes it in at this moment.
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'user_id';
  end;
  perform public.inbox_tell(asking, null, 'settings.changed', jsonb_build_object(
    'what', 'operator', 'operatorId', operator.id, 'displayName', operator.display_name, 'role', operator.role,
    'isActive', operator.is_active
  ));
  return jsonb_build_object('operator', public.inbox_colleague(operator), 'created', p_id is null);
end
$$;

comment on function public.inbox_save_operator(uuid, uuid, jsonb) is
  'For the service: makes (p_id null, with user_id) or changes an operator: {display_name, avatar_url, role, is_active}; answers {operator, created}. Admins only; the last admin stays one. Raises PT403, PT404, PT422.';

revoke all on function public.inbox_save_operator(uuid, uuid, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.inbox_save_operator(uuid, uuid, jsonb) to service_role;

-- An operator's screen tells of itself, and with it the team's: somebody is online for a minute from then on.

create or replace function public.inbox_seen(p_operator_id uuid, p_availability text default null)
returns public.chat_operators
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators;
  online timestamptz;
begin
  update public.chat_operators o
    set seen_at = now(),
      availability = coalesce(p_availability, o.availability),
      offline_since = case when coalesce(p_availability, o.availability) = 'offline' then coalesce(o.offline_since, now()) end
    where o.id = p_operator_id
    returning * into operator;
  select max(o.seen_at) + interval '60 seconds' into online
    from public.chat_operators o
    where o.is_active and o.user_id is not null and o.availability = 'online';
  -- One row for everybody: it is written where it tells something new, not by every screen each time.
  update public.chat_team t
    set online_until = online
    where t.online_until is distinct from online
      and (
        online is null
        or t.online_until is null
        or online not between t.online_until and t.online_until + interval '10 seconds'
      );
  return operator;
end
$$;

comment on function public.inbox_seen(uuid, text) is
  'For the service, inside other functions: an operator''s screen told of itself, and of a choice where there is one.';

revoke all on function public.inbox_seen(uuid, text) from public, anon, authenticated, service_role;
grant execute on function public.inbox_seen(uuid, text) to service_role;

-- What operators sort a conversation by: labels, priority, snooze; and whether its customer may write at all. Counted and
-- told only where something became different.

create or replace function public.inbox_sort(p_operator public.chat_operators, p_id uuid, p_changes jsonb) returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  desk record;
  added jsonb := '[]';
  removed jsonb := '[]';
  until timestamptz := p_changes ->> 'snoozed_until';
  contact_id uuid;
  is_changed boolean := false;
begin
  select d.priority, d.snoozed_until into desk from public.chat_desk d where d.conversation_id = p_id;

  if p_changes ? 'add_labels' then
    with new as (
      insert into public.chat_conversation_labels (conversation_id, label_id)
      select p_id, l.id
      from public.chat_labels l
      where lower(l.name) in (
        select lower(wanted.name) from jsonb_array_elements_text(p_changes -> 'add_labels') wanted (name)
      )
      on conflict do nothing
      returning label_id
    )
    select coalesce(jsonb_agg(l.name order by lower(l.name)), '[]') into added
      from new join public.chat_labels l on l.id = new.label_id;
  end if;
  if p_changes ? 'remove_labels' then
    with old as (
      delete from public.chat_conversation_labels cl
      using public.chat_labels l
      where cl.conversation_id = p_id
        and l.id = cl.label_id
        and lower(l.name) in (
          select lower(wanted.name) from jsonb_array_elements_text(p_changes -> 'remove_labels') wanted (name)
        )
      returning l.name
    )
    select coalesce(jsonb_agg(old.name order by lower(old.name)), '[]') into removed from old;
  end if;
  if added <> '[]' or removed <> '[]' then
    is_changed := true;
    perform public.inbox_tell(
      p_operator, p_id, 'conversation.labelled', jsonb_build_object('added', added, 'removed', removed)
    );
  end if;

  if p_changes ? 'priority' and p_changes ->> 'priority' <> desk.priority then
    is_changed := true;
    update public.chat_desk d set priority = p_changes ->> 'priority' where d.conversation_id = p_id;
    perform public.inbox_tell(
      p_operator, p_id, 'conversation.prioritised',
      jsonb_build_object('priority', p_changes -> 'priority', 'former', desk.priority)
    );
  end if;

  if p_changes ? 'snoozed_until' and until is distinct from desk.snoozed_until then
    is_changed := true;
    update public.chat_desk d set snoozed_until = until where d.conversation_id = p_id;
    perform public.inbox_tell(
      p_operator, p_id, case when until is null then 'conversation.woken' else 'conversation.snoozed' end,
      jsonb_strip_nulls(jsonb_build_object('until', until))
    );
  end if;

  if p_changes ? 'blocked' then
    update public.chat_contacts p
      set blocked_at = case when (p_changes ->> 'blocked')::boolean then now() end
      from public.chat_conversations c
      where c.id = p_id and p.id = c.user_id and (p.blocked_at is not null) <> (p_changes ->> 'blocked')::boolean
      returning p.id into contact_id;
    if found then
      is_changed := true;
      perform public.inbox_tell(
        p_operator, p_id, 'contact.updated',
        jsonb_build_object('contactId', contact_id, 'blocked', p_changes -> 'blocked')
      );
    end if;
  end if;

  if is_changed then
    perform public.inbox_touch(p_id);
  end if;
end
$$;

comment on function public.inbox_sort(public.chat_operators, uuid, jsonb) is
  'For the service, inside other functions that hold the conversation: changes labels, priority, snooze and block, and tells each that became different.';

revoke all on function public.inbox_sort(public.chat_operators, uuid, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.inbox_sort(public.chat_operators, uuid, jsonb) to service_role;

-- A conversation ends, or goes back to the bot, and the flow says so where there is one: no flow runs in a channel's.

create or replace function public.inbox_speak(
  p_operator public.chat_operators,
  p_id uuid,
  p_to text,
  p_reply jsonb
) returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  former constant uuid := (select d.assignee_id from public.chat_desk d where d.conversation_id = p_id);
  written jsonb;
begin
  if p_to = 'bot' and former is not null then
    perform public.inbox_tell(
      p_operator, p_id, 'conversation.unassigned', jsonb_build_object('assigneeId', null, 'formerId', former)
    );
  end if;
  if p_reply is not null then
    written := public.chat_reply(
      p_user_id => (select c.user_id from public.chat_conversations c where c.id = p_id),
      p_conversation_id => p_id,
      p_message_id => null,
      p_state_version => (p_reply ->> 'state_version')::bigint,
      p_state => p_reply -> 'state',
      p_status => p_reply ->> 'status',
      p_turns => p_reply -> 'turns',
      p_flow_version => p_reply ->> 'flow_version',
      p_flow => nullif(p_reply -> 'flow', 'null'),
      p_known_flows => array[p_reply ->> 'flow_version'],
      p_handling => p_reply ->> 'handling',
      p_change => jsonb_build_object(
        case p_to when 'completed' then 'status' else 'handling' end, p_to,
        'actor', jsonb_build_object('kind', 'operator', 'id', p_operator.id, 'name', p_operator.display_name)
      )
    );
    if not (written ->> 'applied')::boolean then
      -- The flow went on since it was asked: it must be asked again.
      raise exception using errcode = 'PT409', message = 'conversation_changed', detail = public.inbox_row(p_id)::text;
    end if;
  elsif p_to = 'completed' then
    update public.chat_conversations c set status = 'completed', rev = c.rev + 1 where c.id = p_id;
    perform public.inbox_tell(p_operator, p_id, 'conversation.completed');
  else
    -- Its trigger clears the desk.
    update public.chat_conversations c
      set handling = 'bot', agent = null, handled_seq = c.last_seq, rev = c.rev + 1
      where c.id = p_id;
    perform public.inbox_tell(p_operator, p_id, 'conversation.handed_over', '{"handling": "bot"}');
  end if;
  -- Nobody is owed an answer any more.
  update public.chat_desk d
    set waiting_since = null, snoozed_until = case when p_to = 'bot' then d.snoozed_until end
    where d.conversation_id = p_id;
end
$$;

comment on function public.inbox_speak(public.chat_operators, uuid, text, jsonb) is
  'For the service, inside other functions that hold the conversation: to completed or to bot, with what the flow says. Raises PT409 conversation_changed where the flow has gone on meanwhile.';

revoke all on function public.inbox_speak(public.chat_operators, uuid, text, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_speak(public.chat_operators, uuid, text, jsonb) to service_role;

-- What an operator did, as an activity: of a conversation, or of the team's settings where none is named.

create or replace function public.inbox_tell(
  p_operator public.chat_operators,
  p_conversation_id uuid,
  p_type text,
  p_data jsonb default '{}'
) returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  insert into public.chat_activities (conversation_id, type, actor_kind, actor_id, actor_name, data)
  values (p_conversation_id, p_type, 'operator', p_operator.id, p_operator.display_name, p_data)
$$;

comment on function public.inbox_tell(public.chat_operators, uuid, text, jsonb) is
  'For the service, inside other functions: writes the activity of an operator.';

revoke all on function public.inbox_tell(public.chat_operators, uuid, text, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_tell(public.chat_operators, uuid, text, jsonb) to service_role;

-- Something changed that only operators see.

create or replace function public.inbox_touch(p_conversation_id uuid) returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  update public.chat_desk d
    set changes = d.changes + 1, cx = pg_current_xact_id()
    where d.conversation_id = p_conversation_id
$$;

comment on function public.inbox_touch(uuid) is
  'For the service, inside other functions: counts a change that only operators see, and tells the live feed.';

revoke all on function public.inbox_touch(uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_touch(uuid) to service_role;

-- What the flow must know before it speaks about a change that an operator makes: the turn as it stands, and the inbox's
-- view of it, whose rev the change is then made from.

create or replace function public.inbox_turn(p_user_id uuid, p_id uuid, p_known_flows text[] default '{}') returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  turn jsonb := public.chat_turn_for_service(p_id, null, p_known_flows);
begin
  if turn is null then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  return turn || jsonb_build_object('inbox', public.inbox_row(p_id), 'operator', public.inbox_person(operator));
end
$$;

comment on function public.inbox_turn(uuid, uuid, text[]) is
  'For the service: chat_turn of anybody''s conversation, and with it inbox (its row) and operator (who asks). Raises PT403, PT404.';

revoke all on function public.inbox_turn(uuid, uuid, text[]) from public, anon, authenticated, service_role;
grant execute on function public.inbox_turn(uuid, uuid, text[]) to service_role;

-- An operator types, or has stopped. Written at most once in 3 seconds, and forgotten after 8.

create or replace function public.inbox_type(p_user_id uuid, p_conversation_id uuid, p_is_typing boolean) returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
begin
  if not exists (select from public.chat_conversations c where c.id = p_conversation_id) then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  if p_is_typing then
    insert into public.chat_typing as t (conversation_id, operator_id) values (p_conversation_id, operator.id)
      on conflict (conversation_id, operator_id) do update set typed_at = now(), written_at = now()
        where t.written_at <= now() - interval '3 seconds';
  else
    update public.chat_typing t
      set typed_at = '-infinity'
      where t.conversation_id = p_conversation_id and t.operator_id = operator.id and t.typed_at > '-infinity';
  end if;
exception when foreign_key_violation then
  -- It was deleted at this moment.
  raise exception using errcode = 'PT404', message = 'not_found';
end
$$;

comment on function public.inbox_type(uuid, uuid, boolean) is
  'For the service: an operator types in a conversation, or stopped. Raises PT403, PT404.';

revoke all on function public.inbox_type(uuid, uuid, boolean) from public, anon, authenticated, service_role;
grant execute on function public.inbox_type(uuid, uuid, boolean) to service_role;

-- What a cursor of the live feed stands for. A cursor is epoch:seconds:snapshot: of which history of which database, when
-- it was given, and what was committed then.

create or replace function public.live_as_of(p_cursor text) returns pg_snapshot
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  parts constant text[] := regexp_match(p_cursor, '^([0-9A-F.]+):([0-9]{1,12}):([0-9:,]+)$');
  seen pg_snapshot;
begin
  if parts is null
    or parts[1] <> public.live_branch()
    -- A minute of grace for clocks that were set; chat_gone is kept for a day.
    or parts[2]::bigint not between extract(epoch from now()) - 3600 and extract(epoch from now()) + 60
  then
    return null;
  end if;
  begin
    seen := parts[3]::pg_snapshot;
  exception when others then
    return null;
  end;
  -- From the future, or of a time of which what went may be forgotten: what its time says may be forged.
  if pg_snapshot_xmax(seen) > pg_snapshot_xmax(pg_current_snapshot())
    or exists (
      select from public.chat_gone g
      where g.cx >= pg_snapshot_xmin(seen) and g.gone_at < now() - interval '1 day'
    )
  then
    return null;
  end if;
  return seen;
end
$$;

comment on function public.live_as_of(text) is
  'For the service, inside other functions: the snapshot that a cursor stands for; null where it is malformed, foreign, from the future or older than an hour.';

revoke all on function public.live_as_of(text) from public, anon, authenticated, service_role;
grant execute on function public.live_as_of(text) to service_role;

-- Which history of which database this is: a dump that is restored elsewhere, or a backup that is taken up again from an
-- earlier moment, counts its transactions anew, and cursors of before mean nothing in it.

create or replace function public.live_branch() returns text
language sql
stable
security invoker
set search_path = ''
as $$
  select concat_ws('.', s.system_identifier, d.oid, left(pg_walfile_name(pg_current_wal_lsn()), 8))
  from pg_control_system() s, pg_database d
  where d.datname = current_database()
$$;

comment on function public.live_branch() is
  'For the service, inside other functions: names this history of this database: cluster, database and timeline.';

revoke all on function public.live_branch() from public, anon, authenticated, service_role;
grant execute on function public.live_branch() to service_role;

-- Which conversations changed after a cursor, and the cursor that stands for now: both from one statement, so that what
-- is not among the rows comes with the next call. Exactly by commit: a transaction that took long comes when it is there,
-- and holds up nobody else's. Nothing is cut off: what would be too much is a resync.

create or replace function public.live_changes(p_cursor text) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  with since as materialized (
    select s.seen, pg_snapshot_xmax(s.seen) as xmax, array(select pg_snapshot_xip(s.seen)) as open
    from (select public.live_as_of(p_cursor) as seen offset 0) s
  ), moved as materialized (
    -- One more than can be told is enough to know that it is too much. In the order of the index, so that it is walked and
    -- not the table, whatever the planner believes of a number that it does not know.
    (
      select d.conversation_id from public.chat_desk d
      where d.cx >= (select xmax from since)
      order by d.cx limit 501
    )
    union all
    (
      select d.conversation_id from public.chat_desk d
      where d.cx = any ((select open from since)::xid8[])
      order by d.cx limit 501
    )
  ), went as materialized (
    (
      select g.conversation_id from public.chat_gone g
      where g.cx >= (select xmax from since)
      order by g.cx limit 501
    )
    union all
    (
      select g.conversation_id from public.chat_gone g
      where g.cx = any ((select open from since)::xid8[])
      order by g.cx limit 501
    )
  ), told as materialized (
    select (select count(*) from moved) > 500 or (select count(*) from went) > 500 as is_too_much
  )
  select jsonb_build_object(
    'cursor', concat_ws(':', public.live_branch(), floor(extract(epoch from now()))::bigint, pg_current_snapshot()),
    'seen', since.seen,
    'resync', (p_cursor is not null and since.seen is null) or told.is_too_much,
    'changed', case when told.is_too_much then '[]' else to_jsonb(array(select conversation_id from moved)) end,
    'gone', case when told.is_too_much then '[]' else to_jsonb(array(select conversation_id from went)) end
  )
  from since, told
$$;

comment on function public.live_changes(text) is
  'For the service, inside other functions: {cursor, seen, resync, changed, gone}: the new cursor, the snapshot of the old one, and ids of what changed or went since; none where there was no cursor or it cannot be honoured.';

revoke all on function public.live_changes(text) from public, anon, authenticated, service_role;
grant execute on function public.live_changes(text) to service_role;

-- What a process that holds streams asks once for all of them: hints, never content.

create or replace function public.live_feed(p_cursor text default null) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'cursor', l.told -> 'cursor',
    'resync', l.told -> 'resync',
    'changed', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', c.id, 'user_id', c.user_id, 'rev', c.rev, 'changes', d.changes, 'handling', c.handling,
        'assignee_id', d.assignee_id,
        -- Whether the customer sees anything of it: what happens on the desk alone is not even hinted to them.
        'is_shown', d.rev_cx >= pg_snapshot_xmax(l.seen) or d.rev_cx = any (array(select pg_snapshot_xip(l.seen)))
      )), '[]')
      from jsonb_array_elements_text(l.told -> 'changed') changed (id)
      join public.chat_conversations c on c.id = changed.id::uuid
      join public.chat_desk d on d.conversation_id = c.id
    ),
    'gone', l.told -> 'gone',
    'typing', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'conversation_id', t.conversation_id, 'user_id', c.user_id, 'operator_id', t.operator_id, 'assignee_id', d.assignee_id
      )), '[]')
      from public.chat_typing t
      join public.chat_conversations c on c.id = t.conversation_id
      join public.chat_desk d on d.conversation_id = t.conversation_id
      where t.typed_at > now() - interval '8 seconds'
    ),
    'presence', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'operator_id', p.operator_id, 'conversation_id', p.conversation_id, 'name', o.display_name
      )), '[]')
      from public.chat_presence p
      join public.chat_operators o on o.id = p.operator_id
      where p.seen_at > now() - interval '60 seconds' and o.is_active
    )
  )
  from (select t.told, (t.told ->> 'seen')::pg_snapshot as seen from public.live_changes(p_cursor) t (told)) l
$$;

comment on function public.live_feed(text) is
  'For the service: {cursor, resync, changed, gone, typing, presence} since a cursor of before; without one it begins now. resync: true where the cursor cannot be honoured or over 500 conversations changed.';

revoke all on function public.live_feed(text) from public, anon, authenticated, service_role;
grant execute on function public.live_feed(text) to service_role;

-- Who of those that hold streams is still there: asked once a minute for all of them.

create or replace function public.live_people(p_user_ids uuid[]) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    -- A contact goes with its account. Who never began a conversation has none, and nothing to be told of.
    'members', (
      select coalesce(jsonb_agg(p.user_id), '[]') from public.chat_contacts p where p.user_id = any (p_user_ids)
    ),
    'operators', (
      select coalesce(jsonb_agg(o.user_id), '[]')
      from public.chat_operators o where o.user_id = any (p_user_ids) and o.is_active
    )
  )
$$;

comment on function public.live_people(uuid[]) is
  'For the service: of these accounts, {members: those that are there and have begun a conversation, operators: those that are active ones}.';

revoke all on function public.live_people(uuid[]) from public, anon, authenticated, service_role;
grant execute on function public.live_people(uuid[]) to service_role;

-- Who runs the installation takes somebody into the team: with the service's key, past every rule of the inbox.

create or replace function public.operator_grant(p_user_id uuid, p_role text default 'admin', p_name text default null) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators;
begin
  insert into public.chat_operators (user_id, display_name, role)
    values (p_user_id, coalesce(p_name, '상담원'), p_role)
    on conflict (user_id) do update
    set role = excluded.role, is_active = true, display_name = coalesce(p_name, chat_operators.display_name)
    returning * into operator;
  return public.inbox_colleague(operator);
exception
  when foreign_key_violation or not_null_violation then
    raise exception using errcode = 'PT404', message = 'not_found';
  when check_violation then
    raise exception using errcode = 'PT422', message = 'invalid';
end
$$;

comment on function public.operator_grant(uuid, text, text) is
  'For the service: makes an account an operator, or an active one again; without a name it keeps its own, or is called 상담원. Raises PT404, PT422.';

revoke all on function public.operator_grant(uuid, text, text) from public, anon, authenticated, service_role;
grant execute on function public.operator_grant(uuid, text, text) to service_role;

-- Who runs the installation takes somebody out of the team. Their row stays: what they wrote names it.

create or replace function public.operator_revoke(p_user_id uuid) returns boolean
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  update public.chat_operators o
    set is_active = false, availability = 'offline', offline_since = coalesce(o.offline_since, now())
    where o.user_id = p_user_id and o.is_active;
  return found;
end
$$;

comment on function public.operator_revoke(uuid) is
  'For the service: an operator may do nothing any more; answers whether they were one.';

revoke all on function public.operator_revoke(uuid) from public, anon, authenticated, service_role;
grant execute on function public.operator_revoke(uuid) to service_role;

-- The team as who runs the installation sees it.

create or replace function public.operators_list() returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return (
    select coalesce(jsonb_agg(public.inbox_colleague(o) order by o.created_at, o.id), '[]')
    from public.chat_operators o
    where o.is_active and o.user_id is not null
  );
end
$$;

comment on function public.operators_list() is
  'For the service: the active operators that have an account, oldest first.';

revoke all on function public.operators_list() from public, anon, authenticated, service_role;
grant execute on function public.operators_list() to service_role;
