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
  moved record;
begin
  perform pg_advisory_xact_lock(hashtextextended('munui.rules', 0));
  if exists (select from unnest(p_ids) w (id) where not exists (select from public.chat_rules r where r.id = w.id)) then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  for moved in
    select n.id, n.name, n.position, n.place
    from (
      select o.id, o.name, o.position, row_number() over (
        order by array_position(p_ids, o.id) nulls last, o.position, o.created_at, o.id
      ) - 1 as place
      from public.chat_rules o
    ) n
    where n.position <> n.place
    order by n.place
  loop
    update public.chat_rules r set position = moved.place where r.id = moved.id;
    perform public.inbox_tell_setting(
      operator, 'rule', moved.id, moved.name,
      jsonb_build_object('position', moved.position), jsonb_build_object('position', moved.place)
    );
  end loop;
  return public.inbox_rules(p_user_id);
end
$$;

comment on function public.inbox_order_rules(uuid, uuid[]) is
  'For the service: puts rules into this order; answers {rules}. Admins only. Raises PT403, PT404.';

revoke all on function public.inbox_order_rules(uuid, uuid[])
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_order_rules(uuid, uuid[]) to service_role;
