-- Every change of the team's settings is told from what to what, and saved only over the state that was seen.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

-- A change of the hours or of a long text names both: what it was, and what it is. It is validated in the next step.
-- squawk-ignore ban-drop-constraint
alter table public.chat_activities drop constraint chat_activities_data;

alter table public.chat_activities
  add constraint chat_activities_data check (
    jsonb_typeof(data) = 'object'
    and octet_length(data::text) <= case when conversation_id is null then 131072 else 16384 end
  ) not valid;

-- squawk-ignore ban-drop-function
drop function public.chat_operator_day(uuid,timestamp with time zone,timestamp with time zone,integer);

-- squawk-ignore ban-drop-function
drop function public.chat_operator_inquiries(uuid,text,text,integer,timestamp with time zone,uuid);

-- squawk-ignore ban-drop-function
drop function public.inbox_save_canned_reply(uuid,uuid,jsonb);

-- squawk-ignore ban-drop-function
drop function public.inbox_save_hours(uuid,jsonb);

-- squawk-ignore ban-drop-function
drop function public.inbox_save_label(uuid,text,jsonb);

-- squawk-ignore ban-drop-function
drop function public.inbox_save_operator(uuid,uuid,jsonb);

-- The conversations of the team's day, and what waits for an operator.

create or replace function public.chat_operator_day(p_user_id uuid, p_limit integer default 50) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  zone constant text := (select t.time_zone from public.chat_team t);
  today constant timestamp := date_trunc('day', now() at time zone zone);
  begin_at constant timestamptz := today at time zone zone;
  end_at constant timestamptz := (today + interval '1 day') at time zone zone;
begin
  return jsonb_build_object(
    'waiting', (select count(*) from public.chat_inquiries i where i.status = 'new'),
    'begun', (
      select count(*) from public.chat_conversations c where c.created_at >= begin_at and c.created_at < end_at
    ),
    'completed', (
      select count(*) from public.chat_conversations c
      where c.created_at >= begin_at and c.created_at < end_at and c.status = 'completed'
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
        where c.created_at >= begin_at and c.created_at < end_at
        order by c.created_at desc, c.id desc
        limit least(greatest(p_limit, 1), 1000)
      ) day
    )
  );
end
$$;

comment on function public.chat_operator_day(uuid, integer) is
  'For the service: for an operator, how many inquiries wait, and the conversations that began today in the team''s time zone, newest first. Raises PT403.';

revoke all on function public.chat_operator_day(uuid, integer) from public, anon, authenticated, service_role;
grant execute on function public.chat_operator_day(uuid, integer) to service_role;

-- Operators find what was typed on another keyboard: composed or not (names typed on macOS), full width, and telephone
-- numbers however they are divided, with or without the country.

create or replace function public.chat_operator_inquiries(
  p_user_id uuid,
  p_text text default null,
  p_status text default null,
  p_limit integer default 50,
  p_before_at timestamptz default null,
  p_before_id uuid default null,
  p_is_export boolean default false
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
begin
  -- What was searched for may be somebody's name, so that is not told.
  if p_is_export and p_before_at is null then
    perform public.inbox_tell(operator, null, 'export.made', jsonb_strip_nulls(jsonb_build_object(
      'what', 'inquiries', 'status', p_status, 'isSearch', nullif(p_text is not null, false)
    )));
  end if;
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

comment on function public.chat_operator_inquiries(uuid, text, text, integer, timestamptz, uuid, boolean) is
  'For the service: for an operator, inquiries after a place in the order (created_at, id), newest first, by text in their values and normal forms, however it is composed or divided, and by status. The first page of an export leaves an activity. Raises PT403.';

revoke all on function public.chat_operator_inquiries(uuid, text, text, integer, timestamptz, uuid, boolean)
  from public, anon, authenticated, service_role;
grant execute on function public.chat_operator_inquiries(uuid, text, text, integer, timestamptz, uuid, boolean) to service_role;

-- An operator closes an inquiry, or opens it again.

create or replace function public.chat_operator_mark(p_user_id uuid, p_inquiry_id uuid, p_status text) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  marked public.chat_inquiries;
  former text;
begin
  select i.status into former from public.chat_inquiries i where i.id = p_inquiry_id for update;
  -- Marked the same way again, it keeps its time.
  update public.chat_inquiries i
    set status = p_status, done_at = case when p_status = 'done' then coalesce(i.done_at, now()) end
    where i.id = p_inquiry_id
    returning * into marked;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  if former <> p_status then
    perform public.inbox_tell(
      operator, null, 'inquiry.marked', jsonb_build_object('inquiryId', p_inquiry_id, 'from', former, 'to', p_status)
    );
  end if;
  return to_jsonb(marked);
end
$$;

comment on function public.chat_operator_mark(uuid, uuid, text) is 'For the service: an operator marks an inquiry new or done, which leaves an activity. Raises PT403, PT404.';

revoke all on function public.chat_operator_mark(uuid, uuid, text) from public, anon, authenticated, service_role;
grant execute on function public.chat_operator_mark(uuid, uuid, text) to service_role;

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
    select coalesce(jsonb_agg(public.inbox_canned_reply(r) order by lower(r.shortcut), r.id), '[]')
    from public.chat_canned_replies r
    where r.operator_id is null or r.operator_id = operator.id
  ));
end
$$;

comment on function public.inbox_canned_replies(uuid) is
  'For the service: {canned_replies}: everybody''s and one''s own. Raises PT403.';

revoke all on function public.inbox_canned_replies(uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_canned_replies(uuid) to service_role;

-- A canned reply as settings show it.

create or replace function public.inbox_canned_reply(p_reply public.chat_canned_replies) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return public.inbox_versioned(jsonb_build_object(
    'id', p_reply.id,
    'shortcut', p_reply.shortcut,
    'content', p_reply.content,
    'is_personal', p_reply.operator_id is not null
  ));
end
$$;

comment on function public.inbox_canned_reply(public.chat_canned_replies) is
  'For the service: {id, shortcut, content, is_personal, version}.';

revoke all on function public.inbox_canned_reply(public.chat_canned_replies) from public, anon, authenticated, service_role;
grant execute on function public.inbox_canned_reply(public.chat_canned_replies) to service_role;

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
    'created_at', p_operator.created_at,
    'version', public.inbox_versioned(public.inbox_set_operator(p_operator)) -> 'version'
  );
end
$$;

comment on function public.inbox_colleague(public.chat_operators) is
  'For the service: what inbox_person says, and account, role, whether they may do anything, and the version of what admins set.';

revoke all on function public.inbox_colleague(public.chat_operators) from public, anon, authenticated, service_role;
grant execute on function public.inbox_colleague(public.chat_operators) to service_role;

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
    perform public.inbox_tell_setting(
      operator, 'canned_reply', reply.id, reply.shortcut, public.inbox_canned_reply(reply), null
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
  delete from public.chat_labels l where lower(l.name) = lower(normalize(p_name)) or l.id::text = p_name returning * into label;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  perform public.inbox_tell_setting(operator, 'label', label.id, label.name, public.inbox_label(label), null);
  return jsonb_build_object('id', label.id, 'name', label.name);
end
$$;

comment on function public.inbox_delete_label(uuid, text) is
  'For the service: deletes a label by its name; answers {id, name}. Admins only. Raises PT403, PT404.';

revoke all on function public.inbox_delete_label(uuid, text) from public, anon, authenticated, service_role;
grant execute on function public.inbox_delete_label(uuid, text) to service_role;

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
  return (
    select jsonb_build_object('hours', public.inbox_set_hours(t), 'online_until', t.online_until) from public.chat_team t
  );
end
$$;

comment on function public.inbox_hours(uuid) is
  'For the service: {hours, online_until}: what admins set, with its version, and until when somebody is there. Raises PT403.';

revoke all on function public.inbox_hours(uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_hours(uuid) to service_role;

-- A label as settings show it.

create or replace function public.inbox_label(p_label public.chat_labels) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return public.inbox_versioned(jsonb_build_object('id', p_label.id, 'name', p_label.name, 'color', p_label.color));
end
$$;

comment on function public.inbox_label(public.chat_labels) is 'For the service: {id, name, color, version}.';

revoke all on function public.inbox_label(public.chat_labels) from public, anon, authenticated, service_role;
grant execute on function public.inbox_label(public.chat_labels) to service_role;

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
    select coalesce(jsonb_agg(public.inbox_label(l) order by lower(l.name)), '[]')
    from public.chat_labels l
  ));
end
$$;

comment on function public.inbox_labels(uuid) is
  'For the service: {labels} by name. Raises PT403.';

revoke all on function public.inbox_labels(uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_labels(uuid) to service_role;

-- An operator makes or changes a text for everybody or for themselves. Somebody else's own is not there.

create or replace function public.inbox_save_canned_reply(
  p_user_id uuid, p_id uuid, p_values jsonb, p_if_version text default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  reply public.chat_canned_replies;
  former jsonb;
begin
  if p_id is not null then
    select * into reply from public.chat_canned_replies r
      where r.id = p_id and (r.operator_id is null or r.operator_id = operator.id)
      for update;
    if not found then
      raise exception using errcode = 'PT404', message = 'not_found';
    end if;
    former := public.inbox_canned_reply(reply);
    perform public.inbox_unless_changed(p_if_version, former);
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
    return jsonb_build_object('canned_reply', public.inbox_canned_reply(reply), 'created', false);
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
  -- What somebody keeps for themselves is no setting of the team's: it begins when it is shared, and ends when it is not.
  perform public.inbox_tell_setting(
    operator, 'canned_reply', reply.id, reply.shortcut,
    case when not (former ->> 'is_personal')::boolean then former end,
    case when reply.operator_id is null then public.inbox_canned_reply(reply) end
  );
  return jsonb_build_object('canned_reply', public.inbox_canned_reply(reply), 'created', p_id is null);
end
$$;

comment on function public.inbox_save_canned_reply(uuid, uuid, jsonb, text) is
  'For the service: makes (p_id null) or changes a canned reply {shortcut, content, is_personal}; answers {canned_reply, created}. With p_if_version, only from that state. Raises PT403, PT404, PT409, PT422.';

revoke all on function public.inbox_save_canned_reply(uuid, uuid, jsonb, text) from public, anon, authenticated, service_role;
grant execute on function public.inbox_save_canned_reply(uuid, uuid, jsonb, text) to service_role;

-- An admin says when the team answers. What the values mean is checked by who sends them; here, that they have their place.

create or replace function public.inbox_save_hours(
  p_user_id uuid, p_values jsonb, p_if_version text default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  team public.chat_team;
  former jsonb;
  fault text := (
    select name from jsonb_object_keys(p_values) name
    where name not in (
      'time_zone', 'spans', 'holidays', 'always_open', 'override_open', 'override_until', 'expected_reply_seconds'
    )
    limit 1
  );
begin
  select * into team from public.chat_team t for update;
  former := public.inbox_set_hours(team);
  perform public.inbox_unless_changed(p_if_version, former);
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
  perform public.inbox_tell_setting(operator, 'hours', null, null, former, public.inbox_set_hours(team));
  return public.inbox_hours(p_user_id);
end
$$;

comment on function public.inbox_save_hours(uuid, jsonb, text) is
  'For the service: changes {time_zone, spans, holidays, always_open, override_open, override_until, expected_reply_seconds}; answers as inbox_hours. With p_if_version, only from that state. Admins only. Raises PT403, PT409, PT422.';

revoke all on function public.inbox_save_hours(uuid, jsonb, text) from public, anon, authenticated, service_role;
grant execute on function public.inbox_save_hours(uuid, jsonb, text) to service_role;

-- An admin makes a label or changes it. Labels go by their name; making one that is there changes its colour at most.
-- Hangul may come composed or in parts: it is the same name.

create or replace function public.inbox_save_label(
  p_user_id uuid, p_name text, p_values jsonb, p_if_version text default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  label public.chat_labels;
  wanted constant text := btrim(normalize(p_values ->> 'name'));
  paint constant text := lower(p_values ->> 'color');
  former jsonb;
  is_new boolean;
begin
  if char_length(wanted) not between 1 and 50 or (p_name is null and wanted is null) then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'name';
  end if;
  if paint !~ '^#[0-9a-f]{6}$' then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'color';
  end if;
  select * into label from public.chat_labels l
    where lower(l.name) = lower(coalesce(normalize(p_name), wanted)) or l.id::text = p_name
    for update;
  is_new := not found;
  if p_name is not null and is_new then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  former := case when not is_new then public.inbox_label(label) end;
  perform public.inbox_unless_changed(p_if_version, former);
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
  perform public.inbox_tell_setting(operator, 'label', label.id, label.name, former, public.inbox_label(label));
  return jsonb_build_object('label', public.inbox_label(label), 'created', is_new);
end
$$;

comment on function public.inbox_save_label(uuid, text, jsonb, text) is
  'For the service: makes (p_name null) or changes a label {name, color}; answers {label, created}. Admins only. With p_if_version, only from that state. Raises PT403, PT404, PT409, PT422.';

revoke all on function public.inbox_save_label(uuid, text, jsonb, text) from public, anon, authenticated, service_role;
grant execute on function public.inbox_save_label(uuid, text, jsonb, text) to service_role;

-- An admin takes somebody into the team, or changes who they are in it. There is always an admin.

create or replace function public.inbox_save_operator(
  p_user_id uuid, p_id uuid, p_values jsonb, p_if_version text default null
) returns jsonb
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
    perform public.inbox_unless_changed(p_if_version, public.inbox_colleague(former));
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
  perform public.inbox_tell_setting(
    asking, 'operator', operator.id, operator.display_name,
    case when p_id is not null then public.inbox_set_operator(former) end, public.inbox_set_operator(operator)
  );
  return jsonb_build_object('operator', public.inbox_colleague(operator), 'created', p_id is null);
end
$$;

comment on function public.inbox_save_operator(uuid, uuid, jsonb, text) is
  'For the service: makes (p_id null, with user_id) or changes an operator: {display_name, avatar_url, role, is_active}; answers {operator, created}. Admins only; the last admin stays one. With p_if_version, only from that state. Raises PT403, PT404, PT409, PT422.';

revoke all on function public.inbox_save_operator(uuid, uuid, jsonb, text) from public, anon, authenticated, service_role;
grant execute on function public.inbox_save_operator(uuid, uuid, jsonb, text) to service_role;

-- What admins set of the hours; not who is there at the moment.

create or replace function public.inbox_set_hours(p_team public.chat_team) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return public.inbox_versioned(to_jsonb(p_team) - array['id', 'online_until']);
end
$$;

comment on function public.inbox_set_hours(public.chat_team) is 'For the service: the hours that admins set, and their version.';

revoke all on function public.inbox_set_hours(public.chat_team) from public, anon, authenticated, service_role;
grant execute on function public.inbox_set_hours(public.chat_team) to service_role;

-- What admins set of an operator; not what they choose themselves.

create or replace function public.inbox_set_operator(p_operator public.chat_operators) returns jsonb
language sql
immutable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'display_name', p_operator.display_name,
    'avatar_url', p_operator.avatar_url,
    'role', p_operator.role,
    'is_active', p_operator.is_active
  )
$$;

comment on function public.inbox_set_operator(public.chat_operators) is
  'For the service, inside other functions: {display_name, avatar_url, role, is_active}.';

revoke all on function public.inbox_set_operator(public.chat_operators) from public, anon, authenticated, service_role;
grant execute on function public.inbox_set_operator(public.chat_operators) to service_role;

-- What was changed about the team's settings: by whom, from what to what. Nothing is told where nothing was changed.

create or replace function public.inbox_tell_setting(
  p_operator public.chat_operators,
  p_what text,
  p_id uuid,
  p_name text,
  p_before jsonb,
  p_after jsonb
) returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  insert into public.chat_activities (type, actor_kind, actor_id, actor_name, data)
  select
    'settings.changed',
    case when p_operator.id is null then 'system' else 'operator' end,
    p_operator.id,
    p_operator.display_name,
    jsonb_strip_nulls(jsonb_build_object(
      'what', p_what,
      'action', case when p_before is null then 'added' when p_after is null then 'removed' else 'changed' end,
      'id', p_id,
      'name', p_name
    )) || jsonb_build_object('changes', d.changes)
  from (
    select jsonb_object_agg(name, jsonb_build_object('from', p_before -> name, 'to', p_after -> name)) as changes
    from jsonb_object_keys(coalesce(p_before, '{}') || coalesce(p_after, '{}')) name
    where name not in ('id', 'version')
      and coalesce(p_before -> name, 'null') <> coalesce(p_after -> name, 'null')
  ) d
  where d.changes is not null
$$;

comment on function public.inbox_tell_setting(public.chat_operators, text, uuid, text, jsonb, jsonb) is
  'For the service, inside other functions: writes the activity of a changed setting, {what, action, id, name, changes: {field: {from, to}}}. p_before is null for a new one, p_after for one that is gone, p_operator for who runs the installation.';

revoke all on function public.inbox_tell_setting(public.chat_operators, text, uuid, text, jsonb, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.inbox_tell_setting(public.chat_operators, text, uuid, text, jsonb, jsonb) to service_role;

-- Nobody saves over what they have not seen. Called while the row is locked.

create or replace function public.inbox_unless_changed(p_version text, p_now jsonb) returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  if p_version <> p_now ->> 'version' then
    raise exception using errcode = 'PT409', message = 'settings_changed', detail = p_now::text;
  end if;
end
$$;

comment on function public.inbox_unless_changed(text, jsonb) is
  'For the service, inside other functions: raises PT409 settings_changed with p_now where p_version is of another state; null is of any.';

revoke all on function public.inbox_unless_changed(text, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.inbox_unless_changed(text, jsonb) to service_role;

-- A setting with the name of its present state: whoever saves says which one they saw.

create or replace function public.inbox_versioned(p_values jsonb) returns jsonb
language sql
immutable
security invoker
set search_path = ''
as $$
  select p_values || jsonb_build_object('version', left(encode(sha256(convert_to(p_values::text, 'UTF8')), 'hex'), 16))
$$;

comment on function public.inbox_versioned(jsonb) is
  'For the service, inside other functions: values and their version, the same for the same values.';

revoke all on function public.inbox_versioned(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.inbox_versioned(jsonb) to service_role;

-- Who runs the installation takes somebody into the team: with the service's key, past every rule of the inbox.

create or replace function public.operator_grant(p_user_id uuid, p_role text default 'admin', p_name text default null) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators;
  former public.chat_operators;
begin
  select * into former from public.chat_operators o where o.user_id = p_user_id for update;
  insert into public.chat_operators (user_id, display_name, role)
    values (p_user_id, coalesce(p_name, '상담원'), p_role)
    on conflict (user_id) do update
    set role = excluded.role, is_active = true, display_name = coalesce(p_name, chat_operators.display_name)
    returning * into operator;
  perform public.inbox_tell_setting(
    null, 'operator', operator.id, operator.display_name,
    case when former.id is not null then public.inbox_set_operator(former) end, public.inbox_set_operator(operator)
  );
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
declare
  operator public.chat_operators;
begin
  update public.chat_operators o
    set is_active = false, availability = 'offline', offline_since = coalesce(o.offline_since, now())
    where o.user_id = p_user_id and o.is_active
    returning * into operator;
  if not found then
    return false;
  end if;
  perform public.inbox_tell_setting(
    null, 'operator', operator.id, operator.display_name,
    public.inbox_set_operator(operator) || '{"is_active": true}', public.inbox_set_operator(operator)
  );
  return true;
end
$$;

comment on function public.operator_revoke(uuid) is
  'For the service: an operator may do nothing any more; answers whether they were one.';

revoke all on function public.operator_revoke(uuid) from public, anon, authenticated, service_role;
grant execute on function public.operator_revoke(uuid) to service_role;
