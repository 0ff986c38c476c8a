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
