-- Rows that hold most of what is wanted, the best first: the share of it that they hold, a token weighing more the rarer
-- it is, and what lies over spaces a little. Weighed are the newest that hold all of it, and those that hold something
-- rare: what holds neither holds little of it.

create or replace function public.search_best(
  p_wanted jsonb,
  p_shares real[],
  p_total real,
  p_as_of timestamptz,
  p_filters jsonb,
  p_label uuid,
  p_asked jsonb,
  p_before jsonb,
  p_limit integer
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
set enable_seqscan = off
as $$
declare
  -- So many rows at most are weighed that hold all of it, fewer where they are looked for in some conversations alone, and
  -- that hold something rare.
  most_whole constant integer := case p_asked ->> 'conversations' when '' then 300 else 100 end;
  most_rare constant integer := 5000;
  meant constant text := case p_asked ->> 'conversations' when '' then '' else
    format(' and exists (select from public.chat_desk d where d.conversation_id = s.conversation_id%s)', p_asked ->> 'conversations')
  end;
  queries tsquery[];
  weights real[];
  rare tsquery;
  whole jsonb;
  found jsonb;
begin
  select array_agg(t.query order by t.place), array_agg(t.weight order by t.place)
    into queries, weights
    from (
      select (w.one ->> 'query')::tsquery as query, w.place,
        greatest(ln(1 / greatest(p_shares[w.place], 1 / p_total)), 0.05)
          -- A letter of a code is everywhere.
          * case when (w.one ->> 'is_needed')::boolean and w.one ->> 'token' !~ '^[a-z0-9]$' then 1 else 0.3 end as weight
      from jsonb_array_elements(p_wanted -> 'tokens') with ordinality w (one, place)
    ) t;
  -- The rarest ones, as long as together they are in few rows.
  select string_agg(r.query, ' | ')::tsquery into rare
    from (
      select w.one ->> 'query' as query, sum(p_shares[w.place]) over (order by p_shares[w.place], w.place) * p_total as rows
      from jsonb_array_elements(p_wanted -> 'tokens') with ordinality w (one, place)
      where (w.one ->> 'is_needed')::boolean
    ) r
    where r.rows <= most_rare;

  whole := public.search_newest(
    (p_wanted ->> 'query')::tsquery,
    case when coalesce(p_filters ->> 'kind', 'message') = 'message' then p_total else 0 end * coalesce((
      select min(p_shares[t.place]) from jsonb_array_elements(p_wanted -> 'tokens') with ordinality t (one, place)
      where (t.one ->> 'is_needed')::boolean
    ), 0),
    p_filters, p_label, p_asked, p_as_of, 'ffffffff-ffff-ffff-ffff-ffffffffffff', most_whole
  );
  execute format(
    $q$
      with held as materialized (
        select s.created_at, s.id, s.tokens, s.conversation_id from public.chat_search s
        where s.tokens @@ $1 and s.created_at <= $4%1$s
      ), near as (
        select s.created_at, s.id, s.tokens from held s where true%2$s
        order by s.created_at desc, s.id desc limit %3$s
      ), chosen as (
        select n.created_at, n.id, n.tokens from near n
        union
        select s.created_at, s.id, s.tokens
        from jsonb_array_elements($5) w (one)
        join public.chat_search s on s.created_at = (w.one ->> 'at')::timestamptz and s.id = (w.one ->> 'id')::uuid
      ), scored as (
        select c.created_at, c.id, (
            select round((sum(w.weight) filter (where c.tokens @@ w.query) / sum(w.weight))::numeric, 3)
            from unnest($6, $7) w (query, weight)
          ) as score
        from chosen c
      )
      select coalesce(
        jsonb_agg(
          jsonb_build_object('score', p.score, 'at', p.created_at, 'id', p.id)
          order by p.score desc, p.created_at desc, p.id desc
        ), '[]'
      )
      from (
        select * from scored o
        where o.score >= 0.3
          and ($8 is null or (o.score, o.created_at, o.id)
            < (($8 ->> 'score')::numeric, ($8 ->> 'at')::timestamptz, ($8 ->> 'id')::uuid))
        order by o.score desc, o.created_at desc, o.id desc
        limit $9
      ) p
    $q$,
    (p_asked ->> 'times') || (p_asked ->> 'rows'), meant, most_rare
  ) into found using rare, p_filters, p_label, p_as_of, whole, queries, weights, p_before, p_limit;
  return found;
end
$$;

comment on function public.search_best(jsonb, real[], real, timestamptz, jsonb, uuid, jsonb, jsonb, integer) is
  'For the service, inside inbox_search: [{score, at, id}] of the rows that hold at least three tenths of what is wanted, by weight, none newer than p_as_of.';

revoke all on function public.search_best(jsonb, real[], real, timestamptz, jsonb, uuid, jsonb, jsonb, integer)
  from public, anon, authenticated, service_role;
grant execute on function public.search_best(jsonb, real[], real, timestamptz, jsonb, uuid, jsonb, jsonb, integer)
  to service_role;
