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
