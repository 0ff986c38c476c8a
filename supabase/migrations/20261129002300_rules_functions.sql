-- Rules: what their conditions look at, what they do, how admins keep them; and that a rule may act where an operator does.

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
    if note.operator_id is distinct from operator.id or (note.content is distinct from p_content and note.edited_at is null) then
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
  if note.operator_id is distinct from operator.id then
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

-- An admin deletes a rule, and what is told of its runs with it. What it did stays.

create or replace function public.inbox_delete_rule(p_user_id uuid, p_id uuid) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  rule public.chat_rules;
begin
  delete from public.chat_rules r where r.id = p_id returning * into rule;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  perform public.inbox_tell_setting(
    operator, 'rule', rule.id, rule.name, public.rule_row(rule) - array['created_at', 'updated_at'], null
  );
  return jsonb_build_object('id', rule.id);
end
$$;

comment on function public.inbox_delete_rule(uuid, uuid) is
  'For the service: deletes a rule; answers {id}. Admins only. Raises PT403, PT404.';

revoke all on function public.inbox_delete_rule(uuid, uuid)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_delete_rule(uuid, uuid) to service_role;

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
  if note.operator_id is distinct from operator.id then
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

-- A note as operators read it, with who wrote it: an operator, or a rule by the name that it had.

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
    'author', coalesce(
      (select public.inbox_person(o) from public.chat_operators o where o.id = p_note.operator_id),
      jsonb_build_object(
        'id', p_note.rule_id, 'display_name', p_note.rule_name, 'avatar_url', null, 'availability', 'offline'
      )
    ),
    'content', p_note.content,
    'created_at', p_note.created_at,
    'edited_at', p_note.edited_at
  );
end
$$;

comment on function public.inbox_note(public.chat_notes) is 'For the service: a note as operators read it.';

revoke all on function public.inbox_note(public.chat_notes) from public, anon, authenticated, service_role;
grant execute on function public.inbox_note(public.chat_notes) to service_role;

-- An admin puts the rules into an order, all of them at once: those that are not named come after those that are, as they
-- stand.

create or replace function public.inbox_order_rules(p_user_id uuid, p_ids uuid[]) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
begin
  perform pg_advisory_xact_lock(hashtextextended('munui.rules', 0));
  if exists (select from unnest(p_ids) w (id) where not exists (select from public.chat_rules r where r.id = w.id)) then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  update public.chat_rules r
    set position = n.place
    from (
      select o.id, row_number() over (
        order by array_position(p_ids, o.id) nulls last, o.position, o.created_at, o.id
      ) - 1 as place
      from public.chat_rules o
    ) n
    where r.id = n.id and r.position <> n.place;
  if found then
    perform public.inbox_tell(operator, null, 'settings.changed', jsonb_build_object('what', 'rules', 'order', true));
  end if;
  return public.inbox_rules(p_user_id);
end
$$;

comment on function public.inbox_order_rules(uuid, uuid[]) is
  'For the service: puts rules into this order; answers {rules}. Admins only. Raises PT403, PT404.';

revoke all on function public.inbox_order_rules(uuid, uuid[])
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_order_rules(uuid, uuid[]) to service_role;

-- What must be known to try a rule in a conversation: the rule, and what its condition looks at; as what happened counts the
-- newest activity there that the rule listens to.

create or replace function public.inbox_rule_facts(p_user_id uuid, p_id uuid, p_conversation_id uuid) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  rule public.chat_rules;
  facts jsonb;
begin
  select * into rule from public.chat_rules r where r.id = p_id;
  if found then
    facts := public.rule_facts(p_conversation_id, (
      select a.id
      from public.chat_activities a
      where a.conversation_id = p_conversation_id and a.type = any (rule.types)
      order by a.created_at desc, a.id desc
      limit 1
    ));
  end if;
  if facts is null then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  return jsonb_build_object('rule', public.rule_row(rule), 'facts', facts);
end
$$;

comment on function public.inbox_rule_facts(uuid, uuid, uuid) is
  'For the service: {rule, facts} to try a rule in a conversation. Admins only. Raises PT403, PT404.';

revoke all on function public.inbox_rule_facts(uuid, uuid, uuid)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_rule_facts(uuid, uuid, uuid) to service_role;

-- What became of a rule each time that it ran, newest first.

create or replace function public.inbox_rule_runs(
  p_user_id uuid,
  p_id uuid,
  p_limit integer default 50,
  p_before jsonb default null
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  size constant integer := least(greatest(coalesce(p_limit, 50), 1), 200);
  runs jsonb;
begin
  if not exists (select from public.chat_rules r where r.id = p_id) then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  select coalesce(jsonb_agg(to_jsonb(shown) order by shown.created_at desc, shown.id desc), '[]') into runs
    from (
      select u.id, u.activity_id, u.conversation_id, u.status, u.actions, u.created_at
      from public.chat_rule_runs u
      where u.rule_id = p_id
        and (
          p_before is null
          or (u.created_at, u.id) < ((p_before ->> 'at')::timestamptz, (p_before ->> 'id')::uuid)
        )
      order by u.created_at desc, u.id desc
      limit size + 1
    ) shown;
  if jsonb_array_length(runs) <= size then
    return jsonb_build_object('runs', runs, 'next', null);
  end if;
  return jsonb_build_object('runs', runs - size, 'next', jsonb_build_object(
    'at', runs -> size - 1 -> 'created_at', 'id', runs -> size - 1 -> 'id'
  ));
end
$$;

comment on function public.inbox_rule_runs(uuid, uuid, integer, jsonb) is
  'For the service: {runs, next}: a page of what became of a rule, after the next of the page before. Admins only. Raises PT403, PT404.';

revoke all on function public.inbox_rule_runs(uuid, uuid, integer, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_rule_runs(uuid, uuid, integer, jsonb) to service_role;

-- The rules that there are, in their order. Admins only.

create or replace function public.inbox_rules(p_user_id uuid) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
begin
  return jsonb_build_object('rules', (
    select coalesce(jsonb_agg(public.rule_row(r) order by r.position, r.created_at, r.id), '[]') from public.chat_rules r
  ));
end
$$;

comment on function public.inbox_rules(uuid) is 'For the service: {rules} in their order. Admins only. Raises PT403.';

revoke all on function public.inbox_rules(uuid)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_rules(uuid) to service_role;

-- An admin makes a rule or changes it. What its condition and its actions mean is checked by who sends them; here, that what
-- they name is there.

create or replace function public.inbox_save_rule(p_user_id uuid, p_id uuid, p_values jsonb) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  most constant integer := 200;
  rule public.chat_rules;
  former public.chat_rules;
  fault text;
begin
  -- One admin at a time: there is a bound, and names are there once.
  perform pg_advisory_xact_lock(hashtextextended('munui.rules', 0));
  if p_id is not null then
    select * into rule from public.chat_rules r where r.id = p_id for no key update;
    if not found then
      raise exception using errcode = 'PT404', message = 'not_found';
    end if;
  else
    rule.position := coalesce((select max(r.position) + 1 from public.chat_rules r), 0);
    rule.is_active := true;
    rule.types := '{}';
  end if;
  former := rule;
  rule.name := btrim(normalize(coalesce(p_values ->> 'name', rule.name)));
  rule.position := coalesce((p_values ->> 'position')::integer, rule.position);
  rule.is_active := coalesce((p_values ->> 'is_active')::boolean, rule.is_active);
  if p_values ? 'types' then
    rule.types := array(select jsonb_array_elements_text(p_values -> 'types'));
  end if;
  if p_values ? 'condition' then
    rule.condition := nullif(p_values -> 'condition', 'null');
    rule.waiting_minutes := (p_values ->> 'waiting_minutes')::integer;
    rule.silence_minutes := (p_values ->> 'silence_minutes')::integer;
  end if;
  rule.actions := coalesce(p_values -> 'actions', rule.actions);

  fault := case
    when coalesce(char_length(rule.name), 0) not between 1 and 80 then 'name'
    when cardinality(rule.types) = 0 and rule.waiting_minutes is null and rule.silence_minutes is null then 'on'
    when rule.actions is null then 'then'
    else public.rule_names_nobody(rule.actions)
  end;
  if fault is not null then
    raise exception using errcode = 'PT422', message = 'invalid', detail = fault;
  end if;

  if p_id is null and exists (
    select from public.chat_rules r
    where lower(r.name) = lower(rule.name)
      and (r.types, r.actions) = (rule.types, rule.actions)
      and r.condition is not distinct from rule.condition
  ) then
    -- Sent again.
    select * into rule from public.chat_rules r where lower(r.name) = lower(rule.name);
    return jsonb_build_object('rule', public.rule_row(rule), 'created', false);
  end if;
  if p_id is null and (select count(*) from public.chat_rules) >= most then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'rules';
  end if;
  if p_id is not null and to_jsonb(rule) = to_jsonb(former) then
    return jsonb_build_object('rule', public.rule_row(rule), 'created', false);
  end if;
  begin
    if p_id is null then
      insert into public.chat_rules (
        name, position, is_active, types, condition, actions, waiting_minutes, silence_minutes
      ) values (
        rule.name, rule.position, rule.is_active, rule.types, rule.condition, rule.actions, rule.waiting_minutes,
        rule.silence_minutes
      ) returning * into rule;
    else
      update public.chat_rules r
        set name = rule.name,
          position = rule.position,
          is_active = rule.is_active,
          types = rule.types,
          condition = rule.condition,
          actions = rule.actions,
          waiting_minutes = rule.waiting_minutes,
          silence_minutes = rule.silence_minutes,
          version = r.version + 1,
          clock = '{}',
          updated_at = now()
        where r.id = p_id
        returning * into rule;
    end if;
  exception when unique_violation then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'name';
  end;
  -- Who listens is told of what happens from here on.
  delete from public.chat_listeners l where l.rule_id = rule.id;
  insert into public.chat_listeners (type, rule_id) select distinct t, rule.id from unnest(rule.types) t where rule.is_active;
  perform public.inbox_tell_setting(
    operator, 'rule', rule.id, rule.name,
    case when p_id is not null then public.rule_row(former) - array['created_at', 'updated_at'] end,
    public.rule_row(rule) - array['created_at', 'updated_at']
  );
  return jsonb_build_object('rule', public.rule_row(rule), 'created', p_id is null);
end
$$;

comment on function public.inbox_save_rule(uuid, uuid, jsonb) is
  'For the service: makes (p_id null) or changes a rule {name, position, is_active, types, condition with waiting_minutes and silence_minutes, actions}; answers {rule, created}. Admins only. Raises PT403, PT404, PT422.';

revoke all on function public.inbox_save_rule(uuid, uuid, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_save_rule(uuid, uuid, jsonb) to service_role;

-- A conversation ends, goes back to the bot, or from it to people, and the flow says so where there is one: no flow runs in
-- a channel's.

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
        'actor', jsonb_build_object(
          'kind', case p_operator.role when 'rule' then 'rule' else 'operator' end,
          'id', p_operator.id,
          'name', p_operator.display_name
        )
      )
    );
    if not (written ->> 'applied')::boolean then
      -- The flow went on since it was asked: it must be asked again.
      raise exception using errcode = 'PT409', message = 'conversation_changed', detail = public.inbox_row(p_id)::text;
    end if;
  elsif p_to = 'completed' then
    update public.chat_conversations c set status = 'completed', rev = c.rev + 1 where c.id = p_id;
    perform public.inbox_tell(p_operator, p_id, 'conversation.completed');
  elsif p_to = 'waiting' then
    update public.chat_conversations c set handling = 'waiting', rev = c.rev + 1 where c.id = p_id;
    perform public.inbox_tell(p_operator, p_id, 'conversation.handed_over', '{"handling": "waiting"}');
  else
    -- Its trigger clears the desk.
    update public.chat_conversations c
      set handling = 'bot', agent = null, handled_seq = c.last_seq, rev = c.rev + 1
      where c.id = p_id;
    perform public.inbox_tell(p_operator, p_id, 'conversation.handed_over', '{"handling": "bot"}');
  end if;
  if p_to <> 'waiting' then
    -- Nobody is owed an answer any more.
    update public.chat_desk d
      set waiting_since = null, snoozed_until = case when p_to = 'bot' then d.snoozed_until end
      where d.conversation_id = p_id;
  end if;
end
$$;

comment on function public.inbox_speak(public.chat_operators, uuid, text, jsonb) is
  'For the service, inside other functions that hold the conversation: to completed, to bot or to waiting, with what the flow says. Raises PT409 conversation_changed where the flow has gone on meanwhile.';

revoke all on function public.inbox_speak(public.chat_operators, uuid, text, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_speak(public.chat_operators, uuid, text, jsonb) to service_role;

-- What an operator did, as an activity: of a conversation, or of the team's settings where none is named. A rule does the
-- same things as somebody whose role is `rule`, which nobody of the team has (see rule_actor).

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
  values (
    p_conversation_id, p_type, case p_operator.role when 'rule' then 'rule' else 'operator' end, p_operator.id,
    p_operator.display_name, p_data
  )
$$;

comment on function public.inbox_tell(public.chat_operators, uuid, text, jsonb) is
  'For the service, inside other functions: writes the activity of an operator or a rule.';

revoke all on function public.inbox_tell(public.chat_operators, uuid, text, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_tell(public.chat_operators, uuid, text, jsonb) to service_role;

-- What the actions of a rule would come to: they are done, and undone. Nothing of it is kept or told.

create or replace function public.inbox_try_rule(
  p_user_id uuid,
  p_id uuid,
  p_conversation_id uuid,
  p_activity_id uuid,
  p_replies jsonb default '{}'
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  rule public.chat_rules;
  results jsonb;
begin
  begin
    select * into rule from public.chat_rules r where r.id = p_id;
    if not found or public.rule_hold(p_conversation_id) is null then
      raise exception using errcode = 'PT404', message = 'not_found';
    end if;
    results := public.rule_do(rule, p_conversation_id, p_activity_id, '{}', p_replies);
    raise exception using errcode = 'MU000', message = 'undone';
  exception when sqlstate 'MU000' then
    null;
  end;
  return jsonb_build_object('actions', results);
end
$$;

comment on function public.inbox_try_rule(uuid, uuid, uuid, uuid, jsonb) is
  'For the service: {actions: [{type, status, error}]} as if the rule ran in a conversation, of which nothing stays. Admins only. Raises PT403, PT404.';

revoke all on function public.inbox_try_rule(uuid, uuid, uuid, uuid, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_try_rule(uuid, uuid, uuid, uuid, jsonb) to service_role;

-- One action of a rule. The caller holds owner, conversation and desk. What is so already is done. Raises what stands in the
-- run as the error of this action.

create or replace function public.rule_act(
  p_actor public.chat_operators,
  p_id uuid,
  p_action jsonb,
  p_reply jsonb default null,
  p_activity_id uuid default null
) returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  what constant text := p_action ->> 'type';
  conversation record;
  operator public.chat_operators;
  told uuid := p_activity_id;
  note_id uuid;
begin
  select c.user_id, c.status, c.handling, c.channel, c.message_count, c.rating, c.rating_asked_at into conversation
    from public.chat_conversations c where c.id = p_id;
  if conversation.status <> 'open' and what in ('sendMessage', 'assign', 'unassign', 'handOver')
    or what = 'reopen' and conversation.message_count >= 5000
  then
    raise exception using errcode = 'PT409', message = 'conversation_completed';
  end if;
  if what in ('addLabel', 'removeLabel') and not exists (
    select from public.chat_labels l where lower(l.name) = lower(normalize(p_action ->> 'label'))
  ) then
    raise exception using errcode = 'PT422', message = 'unknown_label';
  end if;

  case what
    when 'sendMessage' then
      if conversation.message_count >= 5000 then
        raise exception using errcode = 'PT409', message = 'conversation_completed';
      end if;
      -- The service's own words: no author.
      perform set_config(
        'munui.speaker', jsonb_build_object('id', p_actor.id, 'name', p_actor.display_name)::text, true
      );
      insert into public.chat_messages (conversation_id, user_id, role, kind, content)
        values (p_id, conversation.user_id, 'system', 'text', p_action ->> 'content');
      perform set_config('munui.speaker', '', true);
    when 'addLabel' then
      perform public.inbox_sort(p_actor, p_id, jsonb_build_object('add_labels', jsonb_build_array(p_action -> 'label')));
    when 'removeLabel' then
      perform public.inbox_sort(p_actor, p_id, jsonb_build_object('remove_labels', jsonb_build_array(p_action -> 'label')));
    when 'setPriority' then
      perform public.inbox_sort(p_actor, p_id, jsonb_build_object('priority', p_action -> 'priority'));
    when 'snooze' then
      perform public.inbox_sort(p_actor, p_id, jsonb_build_object(
        'snoozed_until', now() + make_interval(mins => (p_action ->> 'minutes')::integer)
      ));
    when 'assign' then
      select * into operator from public.chat_operators o
        where o.id = (p_action ->> 'operatorId')::uuid and o.is_active and o.user_id is not null;
      if not found then
        raise exception using errcode = 'PT422', message = 'unknown_operator';
      end if;
      perform public.inbox_assign(p_actor, p_id, operator, 'agent');
    when 'unassign' then
      if conversation.handling = 'agent' then
        perform public.inbox_assign(p_actor, p_id, null, 'waiting');
      end if;
    when 'handOver' then
      if conversation.handling = 'bot' then
        perform public.rule_need_reply(conversation.channel, p_reply);
        perform public.inbox_speak(p_actor, p_id, 'waiting', p_reply);
      end if;
    when 'complete' then
      if conversation.status = 'open' then
        perform public.rule_need_reply(conversation.channel, p_reply);
        perform public.inbox_speak(p_actor, p_id, 'completed', p_reply);
      end if;
    when 'reopen' then
      if conversation.status <> 'open' then
        update public.chat_conversations c set status = 'open', rev = c.rev + 1 where c.id = p_id;
        update public.chat_desk d set waiting_since = null, snoozed_until = null where d.conversation_id = p_id;
        perform public.inbox_tell(p_actor, p_id, 'conversation.reopened');
        -- It is a person's again: who had it, where they are still there; else somebody is wanted.
        select o.* into operator
          from public.chat_desk d
          join public.chat_operators o on o.id = d.assignee_id and o.is_active and o.user_id is not null
          where d.conversation_id = p_id;
        perform public.inbox_assign(p_actor, p_id, operator, case when operator.id is null then 'waiting' else 'agent' end);
      end if;
    when 'addNote' then
      insert into public.chat_notes (conversation_id, rule_id, rule_name, client_note_id, content)
        values (p_id, p_actor.id, p_actor.display_name, gen_random_uuid(), p_action ->> 'content')
        returning id into note_id;
      perform public.inbox_touch(p_id);
      perform public.inbox_tell(p_actor, p_id, 'note.created', jsonb_build_object('noteId', note_id));
    when 'askRating' then
      -- Only in the web chat somebody sees the question.
      if conversation.channel <> 'web' then
        raise exception using errcode = 'PT422', message = 'not_in_this_channel';
      end if;
      -- Asked and not answered yet is asked.
      if conversation.rating_asked_at is null
        or conversation.rating_asked_at < now() - interval '14 days'
        or (conversation.rating ->> 'rated_at')::timestamptz >= conversation.rating_asked_at
      then
        update public.chat_conversations c set rating_asked_at = now(), rev = c.rev + 1 where c.id = p_id;
        perform public.inbox_tell(p_actor, p_id, 'conversation.rating_asked');
      end if;
    when 'callWebhook' then
      if not exists (
        select from public.chat_webhooks w where w.id = (p_action ->> 'webhookId')::uuid and w.is_active
      ) then
        raise exception using errcode = 'PT422', message = 'unknown_webhook';
      end if;
      if told is null then
        -- The clock set it off: that the rule ran is all that happened.
        insert into public.chat_activities (conversation_id, type, actor_kind, actor_id, actor_name)
          values (p_id, 'rule.ran', 'rule', p_actor.id, p_actor.display_name)
          returning id into told;
      end if;
      perform public.webhook_tell((p_action ->> 'webhookId')::uuid, told, p_actor.id);
  end case;
end
$$;

comment on function public.rule_act(public.chat_operators, uuid, jsonb, jsonb, uuid) is
  'For the service, inside other functions that hold owner, conversation and desk: does one action of a rule. Raises what is in the way of it.';

revoke all on function public.rule_act(public.chat_operators, uuid, jsonb, jsonb, uuid)
  from public, anon, authenticated, service_role;
grant execute on function public.rule_act(public.chat_operators, uuid, jsonb, jsonb, uuid) to service_role;

-- Who acts where a rule does: a row as of an operator, with the key and the name of the rule and a role that no operator
-- has. So what operators do is done by rules with the same functions, and told as what it is.

create or replace function public.rule_actor(p_rule public.chat_rules) returns public.chat_operators
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  actor public.chat_operators;
begin
  actor.id := p_rule.id;
  actor.display_name := p_rule.name;
  actor.role := 'rule';
  return actor;
end
$$;

comment on function public.rule_actor(public.chat_rules) is
  'For the service, inside other functions: a rule as whoever acts.';

revoke all on function public.rule_actor(public.chat_rules)
  from public, anon, authenticated, service_role;
grant execute on function public.rule_actor(public.chat_rules) to service_role;

-- A rule whose condition held is run, exactly once for an activity (p_activity_id), or for a time of waiting or of silence
-- (p_since): the run, everything that the rule does and every activity of it are one transaction.
--
-- It answers with `outcome`: `ran`, `skipped` (its own doing would have set it off, or the chain is too long), `repeated` (it
-- ran before), `gone` (the rule or the conversation is), or `moved`: rule or conversation is not what the condition was
-- looked at for, so it is to be looked at again.

create or replace function public.rule_apply(
  p_rule_id uuid,
  p_version bigint,
  p_conversation_id uuid,
  p_activity_id uuid,
  p_since timestamptz,
  p_rev bigint,
  p_replies jsonb default '{}'
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  longest constant integer := 3;
  rule public.chat_rules;
  rev bigint;
  run_id uuid;
  causes uuid[] := '{}';
  results jsonb := '[]';
  is_skipped boolean;
begin
  -- Owner, conversation, desk, as everybody. Two of the same wait for each other here.
  rev := public.rule_hold(p_conversation_id);
  select * into rule from public.chat_rules r where r.id = p_rule_id and r.is_active for key share;
  if not found or rev is null then
    return jsonb_build_object('outcome', 'gone');
  end if;
  if p_activity_id is not null then
    select a.causes into causes from public.chat_activities a
      where a.id = p_activity_id and a.conversation_id = p_conversation_id;
    if not found then
      return jsonb_build_object('outcome', 'gone');
    end if;
  end if;
  is_skipped := rule.id = any (causes) or cardinality(causes) >= longest;

  insert into public.chat_rule_runs (rule_id, activity_id, conversation_id, since, status)
    select rule.id, p_activity_id, p_conversation_id, case when p_activity_id is null then p_since end,
      case when is_skipped then 'skipped' else 'done' end
    where is_skipped or (rule.version = p_version and rev = p_rev)
    on conflict do nothing
    returning id into run_id;
  if run_id is null then
    return jsonb_build_object('outcome', case
      when exists (
        select from public.chat_rule_runs u
        where u.rule_id = rule.id and u.activity_id = p_activity_id
          or u.rule_id = rule.id and u.conversation_id = p_conversation_id and p_activity_id is null and u.since = p_since
      ) then 'repeated'
      else 'moved'
    end);
  end if;
  if is_skipped then
    return jsonb_build_object('outcome', 'skipped');
  end if;

  results := public.rule_do(rule, p_conversation_id, p_activity_id, causes, p_replies);
  update public.chat_rule_runs u
    set actions = results,
      status = case when jsonb_path_exists(results, '$[*] ? (@.status == "failed")') then 'partial' else 'done' end
    where u.id = run_id;
  return jsonb_build_object('outcome', 'ran', 'actions', results);
end
$$;

comment on function public.rule_apply(uuid, bigint, uuid, uuid, timestamptz, bigint, jsonb) is
  'For the service: runs a rule of version p_version in a conversation whose rev is p_rev, once; answers {outcome: ran, skipped, repeated, gone or moved, actions}. p_replies: by the place of an action, what the flow says to it.';

revoke all on function public.rule_apply(uuid, bigint, uuid, uuid, timestamptz, bigint, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.rule_apply(uuid, bigint, uuid, uuid, timestamptz, bigint, jsonb) to service_role;

-- Everything that must be known to run the rules of an activity: those that listen to it, in their order, and what their
-- conditions look at.

create or replace function public.rule_context(p_activity_id uuid) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return (
    select jsonb_build_object(
      'facts', public.rule_facts(a.conversation_id, a.id),
      'rules', (
        select coalesce(jsonb_agg(public.rule_row(r) order by r.position, r.created_at, r.id), '[]')
        from public.chat_rules r
        where r.is_active
          and a.type = any (r.types)
          -- Those that ran have run.
          and not exists (select from public.chat_rule_runs u where u.rule_id = r.id and u.activity_id = a.id)
      )
    )
    from public.chat_activities a
    where a.id = p_activity_id and a.conversation_id is not null
  );
end
$$;

comment on function public.rule_context(uuid) is
  'For the service: {facts, rules}: the rules that an activity sets off and that did not run for it, and what their conditions look at; null where it is gone.';

revoke all on function public.rule_context(uuid)
  from public, anon, authenticated, service_role;
grant execute on function public.rule_context(uuid) to service_role;

-- What a rule does, one action after the other. One that fails is undone alone and told by its error; the next one is done
-- all the same. The caller holds owner, conversation and desk.

create or replace function public.rule_do(
  p_rule public.chat_rules,
  p_id uuid,
  p_activity_id uuid,
  p_causes uuid[],
  p_replies jsonb
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  actor constant public.chat_operators := public.rule_actor(p_rule);
  action record;
  before record;
  fault text;
  code text;
  results jsonb := '[]';
begin
  select d.last_message_at, case when d.silent_at = d.last_message_at then d.silent_from else d.last_message_at end as silent_since
    into before
    from public.chat_desk d where d.conversation_id = p_id;
  -- Whatever is told from here on, by whomever, comes of this rule.
  perform set_config('munui.causes', (p_causes || p_rule.id)::text, true);
  for action in
    select a.value as what, a.place - 1 as place from jsonb_array_elements(p_rule.actions) with ordinality a (value, place)
    order by a.place
  loop
    fault := null;
    begin
      perform public.rule_act(actor, p_id, action.what, nullif(p_replies -> action.place::text, 'null'), p_activity_id);
    exception when others then
      get stacked diagnostics code = returned_sqlstate, fault = message_text;
      if code !~ '^PT' then
        -- What another try may mend is no fault of the action.
        if code ~ '^(40|53|55|57|58|XX)' then
          raise;
        end if;
        -- Never what the database says: it may hold what somebody wrote.
        fault := 'internal_' || code;
      end if;
    end;
    results := results || jsonb_build_object(
      'type', action.what -> 'type', 'status', case when fault is null then 'done' else 'failed' end, 'error', fault
    );
  end loop;
  perform set_config('munui.causes', '', true);
  -- What a rule writes ends no silence: else it would set itself off again and again.
  update public.chat_desk d
    set silent_from = before.silent_since, silent_at = d.last_message_at
    where d.conversation_id = p_id and d.last_message_at <> before.last_message_at;
  return results;
end
$$;

comment on function public.rule_do(public.chat_rules, uuid, uuid, uuid[], jsonb) is
  'For the service, inside other functions that hold owner, conversation and desk: does what a rule says; answers [{type, status, error}]. p_replies: by the place of an action, what the flow says to it.';

revoke all on function public.rule_do(public.chat_rules, uuid, uuid, uuid[], jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.rule_do(public.chat_rules, uuid, uuid, uuid[], jsonb) to service_role;

-- What the clock finds for one of the rules that look at it, by its place among them: so no call is long, however many
-- rules there are. Where there is more than one call takes, the next one of the rule goes on from there, round and round:
-- nothing is left out for ever.

create or replace function public.rule_due(
  p_place integer default 0,
  p_looked_at integer default 2000,
  p_found integer default 200
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  rule public.chat_rules;
  measure text;
  looked jsonb;
  due jsonb := '[]';
  reached jsonb := '{}';
begin
  select r.* into rule from public.chat_rules r
    where r.is_active and (r.waiting_minutes is not null or r.silence_minutes is not null)
    order by r.position, r.created_at, r.id
    offset greatest(p_place, 0)
    limit 1;
  if not found then
    return jsonb_build_object('due', due, 'next', null);
  end if;
  foreach measure in array array['waiting', 'silence'] loop
    continue when case measure when 'waiting' then rule.waiting_minutes else rule.silence_minutes end is null;
    looked := public.rule_due_of(
      rule, measure, least(greatest(p_looked_at, 1), 10000), least(greatest(p_found, 1), 1000)
    );
    reached := reached || jsonb_strip_nulls(jsonb_build_object(measure, looked -> 'next'));
    due := due || coalesce((
      select jsonb_agg(found.one || jsonb_build_object('rule', public.rule_row(rule)))
      from jsonb_array_elements(looked -> 'due') found (one)
    ), '[]');
  end loop;
  if reached <> rule.clock then
    -- Somebody who changes the rule at this moment is not waited for.
    update public.chat_rules r
      set clock = reached
      where r.id = (select w.id from public.chat_rules w where w.id = rule.id for no key update skip locked);
  end if;
  return jsonb_build_object('due', due, 'next', p_place + 1);
end
$$;

comment on function public.rule_due(integer, integer, integer) is
  'For the service: {due: [{rule, since, facts}], next}: where the clock may set off the rule at p_place among those that look at it; next is the place after it, null where there is no rule there. At most p_looked_at places are looked at and p_found found.';

revoke all on function public.rule_due(integer, integer, integer)
  from public, anon, authenticated, service_role;
grant execute on function public.rule_due(integer, integer, integer) to service_role;

-- Of one rule, what the clock finds: the next places of an index, newest first, where somebody has waited or nobody has
-- written for as long as the rule says, and where it did not run yet since then. A call is bounded by the places that it
-- looks at and by what it finds; `next` is where it ended, null at the end.

create or replace function public.rule_due_of(
  p_rule public.chat_rules,
  p_measure text,
  p_looked_at integer,
  p_found integer
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  before constant timestamptz := now() - make_interval(
    mins => case p_measure when 'waiting' then p_rule.waiting_minutes else p_rule.silence_minutes end
  );
  after jsonb := p_rule.clock -> p_measure;
  after_at constant timestamptz := coalesce((after ->> 'at')::timestamptz, 'infinity');
  after_id constant uuid := coalesce((after ->> 'id')::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  place record;
  looked_at integer := 0;
  due jsonb := '[]';
begin
  for place in
    select p.since, p.conversation_id, p.snoozed_until
    from (
      (
        select d.waiting_since as since, d.conversation_id, d.snoozed_until
        from public.chat_desk d
        where p_measure = 'waiting'
          and d.waiting_since is not null
          and d.waiting_since <= before
          and (d.waiting_since, d.conversation_id) < (after_at, after_id)
        order by d.waiting_since desc, d.conversation_id desc
        limit p_looked_at
      )
      union all
      (
        select d.last_message_at, d.conversation_id, d.snoozed_until
        from public.chat_desk d
        where p_measure = 'silence'
          and d.pile = 'bot'
          and d.silent_at is distinct from d.last_message_at
          and d.last_message_at <= before
          and (d.last_message_at, d.conversation_id) < (after_at, after_id)
        order by d.last_message_at desc, d.conversation_id desc
        limit p_looked_at
      )
      union all
      (
        select d.last_message_at, d.conversation_id, d.snoozed_until
        from public.chat_desk d
        where p_measure = 'silence'
          and d.pile = 'people'
          and d.silent_at is distinct from d.last_message_at
          and d.last_message_at <= before
          and (d.last_message_at, d.conversation_id) < (after_at, after_id)
        order by d.last_message_at desc, d.conversation_id desc
        limit p_looked_at
      )
      union all
      (
        -- Where a rule was the last to write.
        select d.silent_from, d.conversation_id, d.snoozed_until
        from public.chat_desk d
        where p_measure = 'silence'
          and d.silent_from is not null
          and d.status = 'open'
          and d.silent_at = d.last_message_at
          and d.silent_from <= before
          and (d.silent_from, d.conversation_id) < (after_at, after_id)
        order by d.silent_from desc, d.conversation_id desc
        limit p_looked_at
      )
    ) p
    order by p.since desc, p.conversation_id desc
    limit p_looked_at
  loop
    looked_at := looked_at + 1;
    continue when place.snoozed_until > now() or exists (
      select from public.chat_rule_runs u
      where u.rule_id = p_rule.id and u.conversation_id = place.conversation_id and u.since = place.since
    );
    due := due || jsonb_build_object('since', place.since, 'facts', public.rule_facts(place.conversation_id));
    exit when jsonb_array_length(due) >= p_found;
  end loop;
  return jsonb_build_object('due', due, 'next', case
    when looked_at >= p_looked_at or jsonb_array_length(due) >= p_found
      then jsonb_build_object('at', place.since, 'id', place.conversation_id)
  end);
end
$$;

comment on function public.rule_due_of(public.chat_rules, text, integer, integer) is
  'For the service, inside other functions: {due: [{since, facts}], next}: what the clock finds for a rule by waiting or by silence.';

revoke all on function public.rule_due_of(public.chat_rules, text, integer, integer)
  from public, anon, authenticated, service_role;
grant execute on function public.rule_due_of(public.chat_rules, text, integer, integer) to service_role;

-- What the conditions of rules look at: a conversation as it is now, who its contact is, and what happened.

create or replace function public.rule_facts(p_conversation_id uuid, p_activity_id uuid default null) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'now', now(),
    'conversation_id', c.id,
    'rev', c.rev + d.changes,
    'state_version', c.state_version,
    'status', c.status,
    'handling', c.handling,
    'channel', c.channel,
    'locale', coalesce(c.state ->> 'locale', p.locale),
    'priority', d.priority,
    'labels', (
      select coalesce(jsonb_agg(l.name order by lower(l.name)), '[]')
      from public.chat_conversation_labels cl
      join public.chat_labels l on l.id = cl.label_id
      where cl.conversation_id = c.id
    ),
    'waiting_since', d.waiting_since,
    'silent_since', case when d.silent_at = d.last_message_at then d.silent_from else d.last_message_at end,
    'contact', jsonb_build_object(
      'email', p.email, 'is_guest', p.is_guest, 'attributes', p.attributes, 'page_url', p.last_page_url
    ),
    -- What was filled in last counts, and most of all what this is about.
    'form', (
      select coalesce(jsonb_object_agg(filled.key, filled.value order by f.id = a.inquiry_id, f.created_at, f.id), '{}')
      from (
        select i.id, i.values, i.created_at
        from public.chat_inquiries i
        where i.user_id = c.user_id and i.conversation_id = c.id
        order by i.id = a.inquiry_id desc nulls last, i.created_at desc, i.id desc
        limit 20
      ) f
      cross join lateral jsonb_each(f.values) filled
    ),
    'activity', a.shown,
    'message', (
      select jsonb_build_object('role', m.role, 'content', m.content)
      from public.chat_messages m
      where m.conversation_id = c.id and m.id = a.message_id
    ),
    'team', (select to_jsonb(t) - 'id' from public.chat_team t)
  )
  from public.chat_conversations c
  join public.chat_desk d on d.conversation_id = c.id
  join public.chat_contacts p on p.id = c.user_id
  left join lateral (
    select
      jsonb_build_object('id', w.id, 'type', w.type, 'data', w.data) as shown,
      case when w.type like 'message.%' then (w.data ->> 'messageId')::uuid end as message_id,
      case when w.type = 'inquiry.submitted' then (w.data ->> 'inquiryId')::uuid end as inquiry_id
    from public.chat_activities w
    where w.id = p_activity_id and w.conversation_id = c.id
  ) a on true
  where c.id = p_conversation_id
$$;

comment on function public.rule_facts(uuid, uuid) is
  'For the service: what conditions look at in a conversation, with the activity that sets a rule off where there is one; null where the conversation is gone.';

revoke all on function public.rule_facts(uuid, uuid)
  from public, anon, authenticated, service_role;
grant execute on function public.rule_facts(uuid, uuid) to service_role;

-- A rule is about to act in a conversation: owner, conversation and desk are held, in this order, as by everybody else.

create or replace function public.rule_hold(p_conversation_id uuid) returns bigint
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  counted bigint;
  changes bigint;
begin
  perform from public.chat_contacts p
    where p.id = (select c.user_id from public.chat_conversations c where c.id = p_conversation_id)
    for key share;
  select c.rev into counted from public.chat_conversations c where c.id = p_conversation_id for no key update;
  select d.changes into changes from public.chat_desk d where d.conversation_id = p_conversation_id for update;
  return counted + changes;
end
$$;

comment on function public.rule_hold(uuid) is
  'For the service, inside other functions: locks a conversation and answers its rev as the inbox counts it; null where it is gone.';

revoke all on function public.rule_hold(uuid)
  from public, anon, authenticated, service_role;
grant execute on function public.rule_hold(uuid) to service_role;

-- Whether what actions name is there: labels, operators who may do something, webhooks.

create or replace function public.rule_names_nobody(p_actions jsonb) returns text
language sql
stable
security invoker
set search_path = ''
as $$
  select 'then.' || a.place - 1 || '.' || case a.what ->> 'type'
    when 'assign' then 'operatorId' when 'callWebhook' then 'webhookId' else 'label' end
  from jsonb_array_elements(p_actions) with ordinality a (what, place)
  where case a.what ->> 'type'
    when 'addLabel' then not exists (
      select from public.chat_labels l where lower(l.name) = lower(normalize(a.what ->> 'label'))
    )
    when 'removeLabel' then not exists (
      select from public.chat_labels l where lower(l.name) = lower(normalize(a.what ->> 'label'))
    )
    when 'assign' then not exists (
      select from public.chat_operators o
      where o.id = (a.what ->> 'operatorId')::uuid and o.is_active and o.user_id is not null
    )
    when 'callWebhook' then not exists (
      select from public.chat_webhooks w where w.id = (a.what ->> 'webhookId')::uuid
    )
    else false
  end
  order by a.place
  limit 1
$$;

comment on function public.rule_names_nobody(jsonb) is
  'For the service, inside other functions: the place of the first thing that actions name and that is not there, such as then.0.label; null where all are.';

revoke all on function public.rule_names_nobody(jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.rule_names_nobody(jsonb) to service_role;

-- Where the flow has something to say it must have been asked: in the web chat, always.

create or replace function public.rule_need_reply(p_channel text, p_reply jsonb) returns void
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  if p_channel = 'web' and p_reply is null then
    raise exception using errcode = 'PT409', message = 'conversation_changed';
  end if;
end
$$;

comment on function public.rule_need_reply(text, jsonb) is
  'For the service, inside other functions: raises PT409 conversation_changed where the flow was not asked for its words.';

revoke all on function public.rule_need_reply(text, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.rule_need_reply(text, jsonb) to service_role;

-- A rule as the service reads it.

create or replace function public.rule_row(p_rule public.chat_rules) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'id', p_rule.id,
    'name', p_rule.name,
    'position', p_rule.position,
    'is_active', p_rule.is_active,
    'types', p_rule.types,
    'condition', p_rule.condition,
    'actions', p_rule.actions,
    'version', p_rule.version,
    'created_at', p_rule.created_at,
    'updated_at', p_rule.updated_at
  )
$$;

comment on function public.rule_row(public.chat_rules) is 'For the service: a rule, as it is told.';

revoke all on function public.rule_row(public.chat_rules)
  from public, anon, authenticated, service_role;
grant execute on function public.rule_row(public.chat_rules) to service_role;

-- What was said is something that happened. What an operator writes is told by the function that writes it. Which rule
-- speaks, if one does, stands in `munui.speaker` while it writes.

create or replace function private.tell_message() returns trigger
language plpgsql
-- A member causes this and may not write activities, so this runs as its owner. Nobody can call it, and it tells of what
-- was written.
security definer
set search_path = ''
as $$
declare
  speaker constant jsonb := nullif(current_setting('munui.speaker', true), '');
begin
  insert into public.chat_activities (conversation_id, type, actor_kind, actor_id, actor_name, data)
    select
      m.conversation_id,
      'message.created',
      case
        when m.role = 'system' and speaker is not null then 'rule'
        when m.role <> 'user' then 'bot'
        when c.channel <> 'web' then 'api'
        when o.is_guest then 'guest'
        else 'member'
      end,
      case when m.role = 'system' and speaker is not null then (speaker ->> 'id')::uuid else o.id end,
      case when m.role = 'system' and speaker is not null then speaker ->> 'name' else o.name end,
      jsonb_build_object('messageId', m.id, 'role', m.role, 'kind', m.kind, 'seq', m.seq, 'rev', m.rev)
    from said m
    left join public.chat_conversations c on m.role = 'user' and c.id = m.conversation_id
    left join public.chat_contacts o on o.id = c.user_id
    where m.author is null
    order by m.seq;
  return null;
end
$$;

comment on function private.tell_message() is
  'Trigger: writes the activity message.created for what a customer, the bot, a rule or the service said.';

revoke all on function private.tell_message() from public, anon, authenticated, service_role;
