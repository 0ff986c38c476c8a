-- A worker takes what is due: each job for a time, in which nobody else gets it, and what comes by itself once a period.

create or replace function public.jobs_claim(p_wanted jsonb, p_ticks jsonb default '{}') returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  wanted record;
  full_keys text[];
  taken jsonb;
  jobs jsonb := '[]';
  ticks jsonb := '[]';
begin
  for wanted in
    select w.key as kind, (w.value ->> 'limit')::integer as most, (w.value ->> 'lease_seconds')::integer as seconds,
      (w.value ->> 'each')::integer as each
    from jsonb_each(p_wanted) w
  loop
    -- One that does not answer must not have all workers wait for it.
    full_keys := array(
      select r.order_key from public.chat_jobs r
      where r.kind = wanted.kind and r.state = 'running' and r.lease_until > now() and r.order_key is not null
      group by r.order_key
      having count(*) >= wanted.each
    );
    with due as (
      select j.id, j.order_key, coalesce(j.lease_until, j.run_at) as at, j.created_at
      from public.chat_jobs j
      where j.kind = wanted.kind
        and j.state <> 'dead'
        and coalesce(j.lease_until, j.run_at) <= now()
        and (j.order_key is null or j.order_key <> all (full_keys))
        -- A first attempt waits for the first attempts before it, and for no other.
        and (
          j.order_key is null
          or j.attempts > 0
          -- Ordered, so that it is one look at an index, however many wait behind the first one.
          or j.id = coalesce(
            (
              select e.id from public.chat_jobs e
              where e.conversation_id = j.conversation_id
                and e.order_key = j.order_key
                and (e.state, e.attempts) in (('waiting', 0), ('running', 1))
              order by e.created_at, e.id
              limit 1
            ), j.id
          )
        )
      order by coalesce(j.lease_until, j.run_at), j.created_at, j.id
      limit least(wanted.most, 500)
      for update skip locked
    ), few as (
      -- What is locked and not taken is free again in a moment.
      select d.id
      from (
        select w.*, row_number() over (partition by w.order_key order by w.at, w.created_at, w.id) as place from due w
      ) d
      where wanted.each is null or d.order_key is null or d.place <= wanted.each
    ), taken_now as (
      update public.chat_jobs j
        set
          -- One that takes its worker with it each time ends here.
          state = case when j.attempts < j.max_attempts then 'running' else 'dead' end,
          attempts = least(j.attempts + 1, j.max_attempts),
          lease_until = case when j.attempts < j.max_attempts then now() + make_interval(secs => wanted.seconds) end,
          lease_token = case when j.attempts < j.max_attempts then gen_random_uuid() end,
          last_error = case when j.state = 'running' then 'The worker that had it did not come back' else j.last_error end
        from few
        where j.id = few.id
        returning j.id, j.kind, j.payload, j.attempts, j.max_attempts, j.lease_token, j.state, j.created_at
    )
    select coalesce(
      jsonb_agg(
        jsonb_build_object(
          'id', t.id, 'kind', t.kind, 'payload', t.payload, 'attempts', t.attempts, 'max_attempts', t.max_attempts,
          'token', t.lease_token, 'created_at', t.created_at
        ) order by t.created_at, t.id
      ) filter (where t.state = 'running'), '[]'
    ) into taken from taken_now t;
    jobs := jobs || taken;
  end loop;

  if p_ticks <> '{}' then
    insert into public.chat_ticks (name)
      select w.key from jsonb_each(p_ticks) w
      where not exists (select from public.chat_ticks t where t.name = w.key)
      on conflict do nothing;
    -- Whoever is at it this moment has it.
    with due as (
      select t.name from public.chat_ticks t
      where t.due_at <= now() and p_ticks ? t.name
      for update skip locked
    ), begun as (
      update public.chat_ticks t
        set due_at = now() + make_interval(secs => (p_ticks ->> t.name)::double precision)
        from due
        where t.name = due.name
        returning t.name
    )
    select coalesce(jsonb_agg(b.name order by b.name), '[]') into ticks from begun b;
  end if;
  return jsonb_build_object('jobs', jobs, 'ticks', ticks);
end
$$;

comment on function public.jobs_claim(jsonb, jsonb) is
  'For the service: takes due jobs, p_wanted {kind: {limit, lease_seconds, each: at most so many of one order_key at once, about}}, and what is due once a period, p_ticks {name: seconds}; answers {jobs: [{id, kind, payload, attempts, max_attempts, token, created_at}], ticks: [name]}.';

revoke all on function public.jobs_claim(jsonb, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.jobs_claim(jsonb, jsonb) to service_role;
