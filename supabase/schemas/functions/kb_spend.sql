-- What was set aside becomes what it cost. Once: whoever comes later says so in vain.

create or replace function public.kb_spend(p_id uuid, p_micros bigint) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  settled integer;
begin
  update public.kb_spending s
    set micros = greatest(p_micros, 0), settled_at = clock_timestamp()
    where s.id = p_id and s.settled_at is null;
  get diagnostics settled = row_count;
  return jsonb_build_object('settled', settled > 0);
end
$$;

comment on function public.kb_spend(uuid, bigint) is
  'For the service: settles what was set aside under p_id at what it cost; answers {settled: whether it was not before}.';

revoke all on function public.kb_spend(uuid, bigint) from public, anon, authenticated, service_role;
grant execute on function public.kb_spend(uuid, bigint) to service_role;
