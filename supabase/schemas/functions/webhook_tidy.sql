-- What was sent long ago is forgotten, a bounded part a call.

create or replace function public.webhook_tidy(p_days integer default 30, p_limit integer default 1000) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  gone integer;
begin
  delete from public.chat_deliveries d
    where d.id in (
      select o.id from public.chat_deliveries o
      where o.state <> 'waiting' and o.created_at < now() - make_interval(days => p_days)
      order by o.created_at
      limit least(greatest(p_limit, 1), 10000)
      for update skip locked
    );
  get diagnostics gone = row_count;
  -- Nothing is signed with these any more.
  update public.chat_webhooks w
    set previous_secret = null
    where w.previous_secret is not null and w.rotated_at < now() - interval '2 days';
  return jsonb_build_object('gone', gone);
end
$$;

comment on function public.webhook_tidy(integer, integer) is
  'For the service: forgets deliveries that are over and older than so many days, at most p_limit a call; answers {gone}.';

revoke all on function public.webhook_tidy(integer, integer) from public, anon, authenticated, service_role;
grant execute on function public.webhook_tidy(integer, integer) to service_role;
