-- An operator looks for something in all that was ever said, noted, asked for or known of somebody.
--
-- Newest first there are three ways, and each is bounded: where few conversations are meant, through those; where few rows
-- can hold it, by the index of tokens; where many do, back through time, for the page is full before long. How many can
-- hold it is known of a sample (search_count). The best are those that hold most of it, a rare token counting for more.

create or replace function public.inbox_search(
  p_user_id uuid,
  p_query text,
  p_filters jsonb default '{}',
  p_sort text default 'newest',
  p_limit integer default 50,
  p_before jsonb default null
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
-- The table is never read whole: what the planner knows of tokens is too little to choose that.
set enable_seqscan = off
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  size constant integer := least(greatest(coalesce(p_limit, 50), 1), 200);
  wanted constant jsonb := public.search_wanted(p_query);
  label constant uuid := (select l.id from public.chat_labels l where lower(l.name) = lower(normalize(p_filters ->> 'label')));
  total constant real := greatest((select c.reltuples from pg_class c where c.oid = 'public.chat_search'::regclass), 100);
  as_of constant timestamptz := coalesce((p_before ->> 'as_of')::timestamptz, clock_timestamp());
  -- Conditions: of time (s), of a row (s), of its conversation (d).
  times text := '';
  rows_asked text := '';
  conversations_asked text := '';
  asked jsonb;
  filters jsonb;
  shares real[];
  found jsonb := '[]';
begin
  if p_filters ? 'said_by' then
    rows_asked := rows_asked || ' and s.said_by = $2 ->> ''said_by''';
  end if;
  if p_filters ? 'kind' then
    -- As the keys say it: what is no message is seldom, and found by them.
    rows_asked := rows_asked || format(' and s.%I is not null', (p_filters ->> 'kind') || '_id');
  end if;
  if p_filters ? 'author' then
    -- A customer, or somebody of the team: a message knows its author by name.
    rows_asked := rows_asked || '
      and (
        s.contact_id = ($2 ->> ''author'')::uuid
        or s.said_by = ''customer'' and exists (
          select from public.chat_conversations c
          where c.id = s.conversation_id and c.user_id = ($2 ->> ''author'')::uuid
        )
        or s.said_by = ''operator'' and exists (
          select from public.chat_operators o
          where o.id = ($2 ->> ''author'')::uuid and (
            exists (select from public.chat_notes n where n.id = s.note_id and n.operator_id = o.id)
            or exists (select from public.chat_messages m where m.id = s.message_id and m.author ->> ''name'' = o.display_name)
          )
        )
      )';
  end if;
  -- A day is one of the team's.
  select coalesce(jsonb_object_agg(f.key, case
      when f.key not in ('after', 'before') then f.value
      when f.value #>> '{}' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' then
        to_jsonb((f.value #>> '{}')::timestamp at time zone (select t.time_zone from public.chat_team t))
      else f.value
    end), '{}') into filters from jsonb_each(p_filters) f;
  if p_filters ? 'after' then
    times := times || ' and s.created_at >= ($2 ->> ''after'')::timestamptz';
  end if;
  if p_filters ? 'before' then
    times := times || ' and s.created_at < ($2 ->> ''before'')::timestamptz';
  end if;
  if p_filters ? 'channel' then
    conversations_asked := conversations_asked || ' and d.channel = $2 ->> ''channel''';
  end if;
  if p_filters ? 'status' then
    conversations_asked := conversations_asked || ' and d.status = $2 ->> ''status''';
  end if;
  if p_filters ? 'label' then
    conversations_asked := conversations_asked || ' and exists (
      select from public.chat_conversation_labels cl where cl.conversation_id = d.conversation_id and cl.label_id = $3
    )';
  end if;
  conversations_asked := conversations_asked || case p_filters ->> 'has'
    when 'note' then ' and exists (select from public.chat_notes n where n.conversation_id = d.conversation_id)'
    when 'inquiry' then ' and exists (select from public.chat_inquiries i where i.conversation_id = d.conversation_id)'
    when 'rating' then ' and exists (select from public.chat_conversations c where c.id = d.conversation_id and c.rating is not null)'
    when 'label' then ' and exists (select from public.chat_conversation_labels cl where cl.conversation_id = d.conversation_id)'
    else ''
  end;

  if wanted ->> 'query' is not null then
    asked := jsonb_build_object('times', times, 'rows', rows_asked, 'conversations', conversations_asked);
    -- As they were on the first page: what is counted in between must not change the order.
    shares := coalesce(
      (select array_agg(b.share::real order by b.place) from jsonb_array_elements_text(p_before -> 'shares') with ordinality b (share, place)),
      array(
        select least(1, coalesce(
          case
            when t.one ->> 'query' like '%:*' then (
              select sum(w.share) from public.chat_search_words w
              where w.word >= t.one ->> 'token' and w.word < (t.one ->> 'token') || U&'\+10FFFF'
            )
            else (select w.share from public.chat_search_words w where w.word = t.one ->> 'token')
          end, 0
        ))
        from jsonb_array_elements(wanted -> 'tokens') with ordinality t (one, place)
        order by t.place
      )
    );
    if p_sort = 'best' then
      found := public.search_best(wanted, shares, total, as_of, filters, label, asked, p_before, size + 1);
    else
      found := public.search_newest(
        (wanted ->> 'query')::tsquery,
        case when coalesce(p_filters ->> 'kind', 'message') = 'message' then total else 0 end * coalesce((
          select min(shares[t.place]) from jsonb_array_elements(wanted -> 'tokens') with ordinality t (one, place)
          where (t.one ->> 'is_needed')::boolean
        ), 0),
        filters, label, asked,
        (p_before ->> 'at')::timestamptz, (p_before ->> 'id')::uuid, size + 1
      );
    end if;
  end if;

  return jsonb_build_object(
    'hits', (
      select coalesce(jsonb_agg(public.search_hit((f.one ->> 'id')::uuid, (f.one ->> 'at')::timestamptz) order by f.place), '[]')
      from jsonb_array_elements(found) with ordinality f (one, place)
      where f.place <= size
    ),
    -- Where the next page begins, as p_before takes it.
    'next', case when jsonb_array_length(found) > size then (found -> size - 1) || case p_sort
      when 'best' then jsonb_build_object('as_of', as_of, 'shares', to_jsonb(shares)) else '{}' end
    end,
    'tokens', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'token', t.one -> 'token', 'is_needed', t.one -> 'is_needed', 'is_beginning', t.one ->> 'query' like '%:*'
      ) order by t.place), '[]')
      from jsonb_array_elements(wanted -> 'tokens') with ordinality t (one, place)
    ),
    'state', public.search_state()
  );
end
$$;

comment on function public.inbox_search(uuid, text, jsonb, text, integer, jsonb) is
  'For the service: {hits, next, tokens, state} of what holds p_query, newest or best first, at most 200 a page. p_filters: {said_by, author: a contact or operator, kind, after, before (a time, or a day of the team), channel, status, label, has: note|inquiry|rating|label}; p_before is the next of the page before. Raises PT403.';

revoke all on function public.inbox_search(uuid, text, jsonb, text, integer, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_search(uuid, text, jsonb, text, integer, jsonb) to service_role;
