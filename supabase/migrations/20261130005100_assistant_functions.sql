-- What is asked about the assistant's settings, and how they are changed.

-- What the assistant is told to do, all of it: for who writes the model's prompt.

create or replace function public.kb_assistant_now() returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select a.settings || jsonb_build_object('version', a.version) from public.kb_assistant a order by a.version desc limit 1
$$;

comment on function public.kb_assistant_now() is
  'For the service: the newest {version, mode, tone, policy, rules, forbidden_topics, greeting: {ko, en}, handover: {when, words: {ko, en}}, allowed_links, budgets: {member_day, project_month}}.';

revoke all on function public.kb_assistant_now() from public, anon, authenticated, service_role;
grant execute on function public.kb_assistant_now() to service_role;

-- What a turn must know of the assistant's settings. It rides along a member's own request, so members may know it.

create or replace function public.kb_assistant_told() returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'version', t.version,
    'mode', t.mode,
    'forbidden_topics', t.forbidden_topics,
    'handover_words', t.handover_words
  )
  from public.kb_assistant_told t
$$;

comment on function public.kb_assistant_told() is
  'The newest {version, mode, forbidden_topics, handover_words: {ko, en}} of the assistant''s settings.';

revoke all on function public.kb_assistant_told() from public, anon, authenticated, service_role;
grant execute on function public.kb_assistant_told() to authenticated, service_role;

-- A version of the assistant's settings as operators see it.

create or replace function public.kb_assistant_row(p_assistant public.kb_assistant) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select p_assistant.settings || jsonb_build_object(
    'version', p_assistant.version,
    'created_at', p_assistant.created_at,
    'by', (
      select jsonb_build_object('id', o.id, 'name', o.display_name)
      from public.chat_operators o
      where o.id = p_assistant.operator_id
    )
  )
$$;

comment on function public.kb_assistant_row(public.kb_assistant) is
  'For the service, inside other functions: a version with its settings, created_at, and by: {id, name}, null for what is shipped.';

revoke all on function public.kb_assistant_row(public.kb_assistant) from public, anon, authenticated, service_role;
grant execute on function public.kb_assistant_row(public.kb_assistant) to service_role;

-- The assistant's settings as the audit tells of them, each by itself. What is long is told by its beginning and a digest:
-- the whole of it stands in the versions.

create or replace function public.kb_assistant_changes(p_settings jsonb) returns jsonb
language sql
immutable
security invoker
set search_path = ''
as $$
  select jsonb_object_agg(s.name, case
    when octet_length(s.value::text) <= 400 then s.value
    else to_jsonb(left(s.value #>> '{}', 60) || '… #' || left(md5(s.value::text), 8))
  end)
  from jsonb_each(
    (p_settings - array['greeting', 'handover', 'budgets', 'version']) || jsonb_build_object(
      'greeting_ko', p_settings #> '{greeting,ko}',
      'greeting_en', p_settings #> '{greeting,en}',
      'handover_when', p_settings #> '{handover,when}',
      'handover_ko', p_settings #> '{handover,words,ko}',
      'handover_en', p_settings #> '{handover,words,en}',
      'member_day', p_settings #> '{budgets,member_day}',
      'project_month', p_settings #> '{budgets,project_month}'
    )
  ) s (name, value)
$$;

comment on function public.kb_assistant_changes(jsonb) is
  'For the service, inside other functions: the assistant''s settings as their changes are told of.';

revoke all on function public.kb_assistant_changes(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.kb_assistant_changes(jsonb) to service_role;

-- What the assistant is told to do, for operators.

create or replace function public.inbox_assistant(p_user_id uuid) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
begin
  return (
    select jsonb_build_object('assistant', public.kb_assistant_row(a))
    from public.kb_assistant a
    order by a.version desc
    limit 1
  );
end
$$;

comment on function public.inbox_assistant(uuid) is
  'For the service: {assistant}, the newest version as kb_assistant_row has it. Raises PT403.';

revoke all on function public.inbox_assistant(uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_assistant(uuid) to service_role;

-- What the assistant was told to do at each time, newest first. Admins only.

create or replace function public.inbox_assistant_versions(
  p_user_id uuid,
  p_limit integer default 20,
  p_before integer default null
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  -- Each may be as long as settings may be.
  size constant integer := least(greatest(coalesce(p_limit, 20), 1), 20);
  versions jsonb;
begin
  select coalesce(jsonb_agg(public.kb_assistant_row(v) order by v.version desc), '[]') into versions
    from (
      select * from public.kb_assistant a
      where p_before is null or a.version < p_before
      order by a.version desc
      limit size + 1
    ) v;
  if jsonb_array_length(versions) <= size then
    return jsonb_build_object('versions', versions, 'next', null);
  end if;
  return jsonb_build_object('versions', versions - size, 'next', versions -> size - 1 -> 'version');
end
$$;

comment on function public.inbox_assistant_versions(uuid, integer, integer) is
  'For the service: {versions, next}: at most 20 versions before p_before, the next of the page before. Admins only. Raises PT403.';

revoke all on function public.inbox_assistant_versions(uuid, integer, integer) from public, anon, authenticated, service_role;
grant execute on function public.inbox_assistant_versions(uuid, integer, integer) to service_role;

-- An admin says what the assistant is to do. What the values mean is checked by who sends them; here, that they have their
-- place. Every change is a version of its own.

create or replace function public.inbox_save_assistant(
  p_user_id uuid, p_values jsonb, p_if_version text default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  former public.kb_assistant;
  saved public.kb_assistant;
begin
  -- One admin at a time: the next version follows the one that was seen.
  perform pg_advisory_xact_lock(hashtextextended('munui.assistant', 0));
  select * into former from public.kb_assistant a order by a.version desc limit 1;
  perform public.inbox_unless_changed(p_if_version, public.kb_assistant_row(former));
  if former.settings || p_values = former.settings then
    return jsonb_build_object('assistant', public.kb_assistant_row(former));
  end if;
  begin
    insert into public.kb_assistant (version, settings, operator_id)
      values (former.version + 1, former.settings || p_values, operator.id)
      returning * into saved;
  exception when check_violation then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'settings';
  end;
  update public.kb_assistant_told t
    set version = saved.version,
      mode = saved.settings ->> 'mode',
      forbidden_topics = saved.settings -> 'forbidden_topics',
      handover_words = saved.settings #> '{handover,words}';
  perform public.inbox_tell_setting(
    operator, 'assistant', null, saved.version::text,
    public.kb_assistant_changes(former.settings), public.kb_assistant_changes(saved.settings)
  );
  return jsonb_build_object('assistant', public.kb_assistant_row(saved));
end
$$;

comment on function public.inbox_save_assistant(uuid, jsonb, text) is
  'For the service: changes what p_values names of the assistant''s settings; answers as inbox_assistant. With p_if_version, only from that version. Admins only. Raises PT403, PT409, PT422.';

revoke all on function public.inbox_save_assistant(uuid, jsonb, text) from public, anon, authenticated, service_role;
grant execute on function public.inbox_save_assistant(uuid, jsonb, text) to service_role;

-- An admin takes back what the assistant was told to do at an earlier time: as a new version, which says the same.

create or replace function public.inbox_restore_assistant(
  p_user_id uuid, p_version integer, p_if_version text default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  former jsonb := (select a.settings from public.kb_assistant a where a.version = p_version);
begin
  if former is null then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  return public.inbox_save_assistant(p_user_id, former, p_if_version);
end
$$;

comment on function public.inbox_restore_assistant(uuid, integer, text) is
  'For the service: the settings of an earlier version, as a new one; answers as inbox_assistant. With p_if_version, only from that version. Admins only. Raises PT403, PT404, PT409.';

revoke all on function public.inbox_restore_assistant(uuid, integer, text) from public, anon, authenticated, service_role;
grant execute on function public.inbox_restore_assistant(uuid, integer, text) to service_role;
