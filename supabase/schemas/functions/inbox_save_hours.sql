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
