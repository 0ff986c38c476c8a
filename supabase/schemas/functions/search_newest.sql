-- Rows that hold what is wanted, newest first, by the shortest way.

create or replace function public.search_newest(
  p_query tsquery,
  p_estimate double precision,
  p_filters jsonb,
  p_label uuid,
  p_asked jsonb,
  p_before_at timestamptz,
  p_before_id uuid,
  p_limit integer
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
set enable_seqscan = off
as $$
declare
  -- So many rows are read back through time, once more where there was less in them than is usual, before it is looked for
  -- in another way.
  walks constant integer[] := array[30000, 120000];
  walked integer;
  -- Fewer rows than this are fetched and sorted sooner than that.
  few_rows constant integer := 10000;
  few_conversations constant integer := 1000;
  place constant text := (p_asked ->> 'times')
    || case when p_before_at is null then '' else ' and (s.created_at, s.id) < ($4, $5)' end;
  among text := p_asked ->> 'rows';
  meant text := '';
  conversations uuid[];
  found jsonb;
begin
  if p_asked ->> 'conversations' <> '' then
    meant := format(' and exists (select from public.chat_desk d where d.conversation_id = s.conversation_id%s)', p_asked ->> 'conversations');
    if p_estimate > few_rows then
      execute format(
        'select array(select d.conversation_id from public.chat_desk d where true%s limit %s)', p_asked ->> 'conversations', few_conversations + 1
      ) into conversations using p_query, p_filters, p_label;
      if cardinality(conversations) <= few_conversations then
        p_estimate := 0;
        among := among || ' and s.conversation_id = any ($7)';
        meant := '';
      end if;
    end if;
  end if;

  foreach walked in array walks loop
    exit when p_estimate <= few_rows;
    execute format(
      $q$
        select coalesce(jsonb_agg(jsonb_build_object('at', w.created_at, 'id', w.id) order by w.created_at desc, w.id desc), '[]')
        from (
          select s.created_at, s.id
          from (
            select s.* from public.chat_search s where true%1$s order by s.created_at desc, s.id desc limit %4$s
          ) s
          where s.tokens @@ $1%2$s%3$s
          order by s.created_at desc, s.id desc
          limit $6
        ) w
      $q$,
      place, among, meant, walked
    ) into found using p_query, p_filters, p_label, p_before_at, p_before_id, p_limit;
    if jsonb_array_length(found) >= p_limit then
      return found;
    end if;
  end loop;

  execute format(
    $q$
      with held as materialized (
        select s.created_at, s.id, s.conversation_id from public.chat_search s where s.tokens @@ $1%1$s%2$s
      )
      select coalesce(jsonb_agg(jsonb_build_object('at', w.created_at, 'id', w.id) order by w.created_at desc, w.id desc), '[]')
      from (
        select s.created_at, s.id from held s where true%3$s order by s.created_at desc, s.id desc limit $6
      ) w
    $q$,
    place, among, meant
  ) into found using p_query, p_filters, p_label, p_before_at, p_before_id, p_limit, conversations;
  return found;
end
$$;

comment on function public.search_newest(tsquery, double precision, jsonb, uuid, jsonb, timestamptz, uuid, integer) is
  'For the service, inside inbox_search: [{at, id}] of the newest rows that hold p_query, of which p_estimate are expected; p_asked {times, rows, conversations} are its conditions.';

revoke all on function public.search_newest(tsquery, double precision, jsonb, uuid, jsonb, timestamptz, uuid, integer)
  from public, anon, authenticated, service_role;
grant execute on function public.search_newest(tsquery, double precision, jsonb, uuid, jsonb, timestamptz, uuid, integer)
  to service_role;
