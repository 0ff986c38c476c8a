-- What a worker set aside and never came back for counts as spent: it may have been. What is long over is forgotten. A
-- bounded part a call.

create or replace function public.kb_tidy_spending(p_seconds integer, p_limit integer default 1000) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  many constant integer := least(greatest(p_limit, 1), 10000);
  settled integer;
  gone integer;
begin
  update public.kb_spending s
    set settled_at = clock_timestamp()
    where s.id in (
      select o.id from public.kb_spending o
      where o.settled_at is null and o.created_at < clock_timestamp() - make_interval(secs => p_seconds)
      order by o.created_at
      limit many
      for update skip locked
    );
  get diagnostics settled = row_count;
  delete from public.kb_spending s
    where s.id in (
      select o.id from public.kb_spending o
      where o.month < (now() - interval '400 days')::date
      order by o.month
      limit many
      for update skip locked
    );
  get diagnostics gone = row_count;
  return jsonb_build_object('settled', settled, 'gone', gone);
end
$$;

comment on function public.kb_tidy_spending(integer, integer) is
  'For the service: settles what was set aside longer than so many seconds ago, forgets what is older than a year, at most p_limit of each; answers {settled, gone}.';

revoke all on function public.kb_tidy_spending(integer, integer) from public, anon, authenticated, service_role;
grant execute on function public.kb_tidy_spending(integer, integer) to service_role;
