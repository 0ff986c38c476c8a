-- What rules did long ago is forgotten, a bounded part a call. A run is also what says that its rule has run: it stays while
-- a job may still ask for that, and where the clock set it off while what it was for goes on (rule_apply forgets those).

create or replace function public.rule_tidy(p_days integer default 30, p_limit integer default 1000) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  gone integer;
begin
  delete from public.chat_rule_runs u
    where u.id in (
      select o.id from public.chat_rule_runs o
      where o.activity_id is not null
        and o.created_at < now() - make_interval(days => p_days)
        and not exists (
          select from public.chat_jobs j where j.kind = 'rules' and j.dedupe_key = o.activity_id::text
        )
      order by o.created_at
      limit least(greatest(p_limit, 1), 10000)
      for update skip locked
    );
  get diagnostics gone = row_count;
  return jsonb_build_object('gone', gone);
end
$$;

comment on function public.rule_tidy(integer, integer) is
  'For the service: forgets runs that an activity set off, older than so many days and with no job left, at most p_limit a call; answers {gone}.';

revoke all on function public.rule_tidy(integer, integer) from public, anon, authenticated, service_role;
grant execute on function public.rule_tidy(integer, integer) to service_role;
