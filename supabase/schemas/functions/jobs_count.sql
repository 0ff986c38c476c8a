-- How much there is to do, and how late it is: numbers for whoever watches.

create or replace function public.jobs_count() returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'kinds', (
      select coalesce(jsonb_object_agg(k.kind, to_jsonb(k) - 'kind'), '{}')
      from (
        select
          j.kind,
          count(*) filter (where j.state = 'waiting') as waiting,
          count(*) filter (where j.state = 'running') as running,
          count(*) filter (where j.state = 'dead') as dead,
          coalesce(
            extract(epoch from now() - min(coalesce(j.lease_until, j.run_at)) filter (
              where j.state <> 'dead' and coalesce(j.lease_until, j.run_at) <= now()
            )), 0
          ) as oldest_seconds
        from public.chat_jobs j
        group by j.kind
      ) k
    ),
    'webhooks', (
      select jsonb_build_object(
        'active', count(*) filter (where w.is_active),
        'failing', count(*) filter (where w.is_active and w.failing_since is not null),
        'disabled', count(*) filter (where not w.is_active)
      )
      from public.chat_webhooks w
    )
  )
$$;

comment on function public.jobs_count() is
  'For the service: {kinds: {kind: {waiting, running, dead, oldest_seconds}}, webhooks: {active, failing, disabled}}; oldest_seconds is how long the one that is due longest has been.';

revoke all on function public.jobs_count() from public, anon, authenticated, service_role;
grant execute on function public.jobs_count() to service_role;
