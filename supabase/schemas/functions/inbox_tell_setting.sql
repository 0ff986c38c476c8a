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
