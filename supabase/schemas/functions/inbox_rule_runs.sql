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
