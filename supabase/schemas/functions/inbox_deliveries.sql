-- What was sent to a webhook, and how it went.

create or replace function public.inbox_deliveries(
  p_user_id uuid,
  p_id uuid,
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
begin
  if not exists (select from public.chat_webhooks w where w.id = p_id) then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  return jsonb_build_object('deliveries', (
    select coalesce(jsonb_agg(public.inbox_delivery(d) order by d.created_at desc, d.id desc), '[]')
    from (
      select w.* from public.chat_deliveries w
      where w.webhook_id = p_id
        and (p_before_at is null or (w.created_at, w.id) < (p_before_at, p_before_id))
      order by w.created_at desc, w.id desc
      limit least(greatest(coalesce(p_limit, 50), 1), 200) + 1
    ) d
  ));
end
$$;

comment on function public.inbox_deliveries(uuid, uuid, integer, timestamptz, uuid) is
  'For the service: {deliveries} of a webhook, newest first, before a place; one more than p_limit where there are more. Admins only. Raises PT403, PT404.';

revoke all on function public.inbox_deliveries(uuid, uuid, integer, timestamptz, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_deliveries(uuid, uuid, integer, timestamptz, uuid) to service_role;
