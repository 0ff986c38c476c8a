-- A page of a view of the inbox, and how much is in each view. Every list and every count is one walk of one index that
-- ends with the page, or at 100: it costs the same among ten conversations and among a million.

create or replace function public.inbox_list(
  p_user_id uuid,
  p_view text default 'open',
  p_assignee uuid default null,
  p_label text default null,
  p_channel text default null,
  p_limit integer default 50,
  p_before jsonb default null,
  p_query text default null
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  views constant jsonb := public.inbox_views();
  -- Who waits longest comes first; elsewhere who was there last.
  sort constant text := case p_view when 'waiting' then 'd.waiting_since' else 'd.last_message_at' end;
  direction constant text := case p_view when 'waiting' then '' else ' desc' end;
  size constant integer := least(greatest(coalesce(p_limit, 50), 1), 200);
  conditions text := views ->> p_view;
  -- Looked up first, so that the walk is planned for how common it is.
  label constant uuid := (select l.id from public.chat_labels l where lower(l.name) = lower(normalize(p_label)));
  places jsonb;
begin
  if conditions is null then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'view';
  end if;
  if p_assignee is not null then
    conditions := conditions || ' and d.assignee_id = $2';
  end if;
  if p_label is not null then
    conditions := conditions || ' and exists (
      select from public.chat_conversation_labels cl where cl.conversation_id = d.conversation_id and cl.label_id = $3
    )';
  end if;
  if p_channel is not null then
    conditions := conditions || ' and d.channel = $4';
  end if;
  if p_query is not null then
    -- By the index of parts, then word for word: parts may stand apart.
    conditions := conditions || ' and d.conversation_id in (
      select c.id
      from public.chat_contacts p
      join public.chat_conversations c on c.user_id = p.id
      where public.inbox_parts(public.inbox_known_as(p.name, p.email)) @> public.inbox_parts($8)
        and strpos(public.inbox_known_as(p.name, p.email), public.inbox_bare($8)) > 0
    )';
  end if;
  if p_before is not null then
    conditions := conditions || format(
      ' and (%s, d.conversation_id) %s ($5, $6)', sort, case direction when '' then '>' else '<' end
    );
  end if;

  -- Put together from the words above, so that each is planned for its own index; what the caller gave are parameters.
  execute format(
    $q$
      select coalesce(jsonb_agg(jsonb_build_object('at', w.at, 'id', w.id) order by w.place), '[]')
      from (
        select d.conversation_id as id, %1$s as at, row_number() over (order by %1$s%2$s, d.conversation_id%2$s) as place
        from public.chat_desk d
        where %3$s
        order by %1$s%2$s, d.conversation_id%2$s
        limit $7
      ) w
    $q$,
    sort, direction, conditions
  ) into places
    using operator.id, p_assignee, label, p_channel,
      (p_before ->> 'at')::timestamptz, (p_before ->> 'id')::uuid, size + 1, p_query;

  return jsonb_build_object(
    'conversations', (
      select coalesce(jsonb_agg(public.inbox_row((p.place ->> 'id')::uuid) order by p.number), '[]')
      from jsonb_array_elements(places) with ordinality p (place, number)
      where p.number <= size
    ),
    'has_more', jsonb_array_length(places) > size,
    -- Where the next page begins, as p_before takes it.
    'next', case when jsonb_array_length(places) > size then places -> size - 1 end,
    'counts', public.inbox_counts(operator.id)
  );
end
$$;

comment on function public.inbox_list(uuid, text, uuid, text, text, integer, jsonb, text) is
  'For the service: {conversations, has_more, next, counts} of a view: waiting, mine, unassigned, open, bot, snoozed, completed or all; at most 200 a page, counts to 100. p_query is part of the contact''s name or address; p_before is the next of the page before. Raises PT403, PT422.';

revoke all on function public.inbox_list(uuid, text, uuid, text, text, integer, jsonb, text)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_list(uuid, text, uuid, text, text, integer, jsonb, text) to service_role;
