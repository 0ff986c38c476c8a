-- What the operators' screen begins with, in one call; lists by a part of a name; the counts of all views with every change.

-- A version of the service before this one calls the new one by the same names.
-- squawk-ignore ban-drop-function
drop function public.inbox_list(uuid,text,uuid,text,text,integer,jsonb);

-- A name or an address as it is looked for: without spaces, in one form of Hangul, in small letters.

create or replace function public.inbox_bare(p_text text) returns text
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  select regexp_replace(lower(normalize(p_text, NFKC)), '\s+', '', 'g')
$$;

comment on function public.inbox_bare(text) is
  'For the service, inside other functions: a text without spaces and case, to look for parts of it.';

revoke all on function public.inbox_bare(text) from public, anon, authenticated, service_role;
grant execute on function public.inbox_bare(text) to service_role;

-- Every conversation that changed since a cursor, as an inbox that is open shows it. The rows and the new cursor come
-- from one moment: STABLE, and one query.

create or replace function public.inbox_changes(p_user_id uuid, p_cursor text default null) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
begin
  return (
    select jsonb_build_object(
      'cursor', l.told -> 'cursor',
      'conversations', (
        select coalesce(jsonb_agg(shown.conversation), '[]')
        from (
          select public.inbox_row(moved.id::uuid) as conversation
          from jsonb_array_elements_text(l.told -> 'changed') moved (id)
        ) shown
        where shown.conversation is not null
      ),
      'gone', l.told -> 'gone',
      'resync', l.told -> 'resync',
      'counts', public.inbox_counts(operator.id)
    )
    from public.live_changes(p_cursor) l (told)
  );
end
$$;

comment on function public.inbox_changes(uuid, text) is
  'For the service: {cursor, conversations, gone, resync, counts}: what changed since a cursor, exactly by commit; without one, the cursor that begins now. resync: true where it cannot be honoured or over 500 changed. Raises PT403.';

revoke all on function public.inbox_changes(uuid, text) from public, anon, authenticated, service_role;
grant execute on function public.inbox_changes(uuid, text) to service_role;

-- How much is in each view of the inbox, to 100 and no further: each is one walk of one index that ends there.

create or replace function public.inbox_counts(p_operator_id uuid) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  counts jsonb;
begin
  -- In the order of an index, so that one is walked, however the rows lie in the table.
  execute (
    select 'select jsonb_build_object(' || string_agg(
      format(
        '%L, (select count(*) from (select from public.chat_desk d where %s order by %s limit 100) counted)',
        v.key, v.value,
        case v.key
          when 'waiting' then 'd.waiting_since, d.conversation_id'
          else 'd.last_message_at desc, d.conversation_id desc'
        end
      ), ', '
    ) || ')'
    from jsonb_each_text(public.inbox_views()) v
  ) into counts using p_operator_id;
  return counts;
end
$$;

comment on function public.inbox_counts(uuid) is
  'For the service, inside other functions: how many conversations each view has for an operator, counted to 100.';

revoke all on function public.inbox_counts(uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_counts(uuid) to service_role;

-- What a contact is looked for by. Between name and address stands what nobody looks for.

create or replace function public.inbox_known_as(p_name text, p_email text) returns text
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  select concat_ws(chr(31), public.inbox_bare(p_name), public.inbox_bare(p_email))
$$;

comment on function public.inbox_known_as(text, text) is
  'For the service, inside other functions: name and address of a contact, plain.';

revoke all on function public.inbox_known_as(text, text) from public, anon, authenticated, service_role;
grant execute on function public.inbox_known_as(text, text) to service_role;

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

-- The letters of a text and its pairs of letters, for an index that finds any part of it, in every language and under
-- every locale. Whoever looks for a part knows all parts of that.

create or replace function public.inbox_parts(p_text text) returns text[]
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  select coalesce(array_agg(distinct part), '{}')
  from (select public.inbox_bare(p_text) as plain) t,
    generate_series(1, length(t.plain)) place,
    lateral (values (substr(t.plain, place, 1)), (nullif(substr(t.plain, place, 2), substr(t.plain, place, 1)))) v (part)
  where part is not null
$$;

comment on function public.inbox_parts(text) is
  'For the service, inside other functions: the letters and pairs of letters in a text.';

revoke all on function public.inbox_parts(text) from public, anon, authenticated, service_role;
grant execute on function public.inbox_parts(text) to service_role;

-- A conversation as the inbox shows it, whoever its owner is: what the customer sees of it, the desk, and who they are.

create or replace function public.inbox_row(p_conversation_id uuid) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select to_jsonb(shown)
  from (
    select
      c.id,
      c.user_id,
      c.status,
      c.handling,
      c.channel,
      c.rev,
      -- What the inbox calls rev: it counts what customers see and what only operators see.
      c.rev + d.changes as seen_rev,
      c.state_version,
      c.created_at,
      c.last_message_at,
      s.last_read_seq,
      s.title,
      c.rating,
      c.rating_asked_at,
      (select public.inbox_person(o) from public.chat_operators o where o.id = d.assignee_id) as assignee,
      d.assigned_at,
      d.waiting_since,
      d.first_answered_at,
      d.priority,
      d.snoozed_until,
      (
        select coalesce(jsonb_agg(jsonb_build_object('name', l.name, 'color', l.color) order by lower(l.name)), '[]')
        from public.chat_conversation_labels cl
        join public.chat_labels l on l.id = cl.label_id
        where cl.conversation_id = c.id
      ) as labels,
      (
        select to_jsonb(who)
        from (
          select
            p.id, p.name, p.email, p.phone, p.is_guest, p.locale, p.blocked_at, p.last_seen_at, p.last_page_url
          from public.chat_contacts p
          where p.id = c.user_id
        ) who
      ) as contact,
      s.last_message,
      -- One number for the whole team, to 100 and no further.
      (
        select count(*)
        from (
          select
          from public.chat_messages m
          where m.user_id = c.user_id and m.conversation_id = c.id and m.role = 'user' and m.seq > d.answered_seq
          limit 100
        ) unread
      ) as unread_count
    from public.chat_conversations c
    join public.chat_desk d on d.conversation_id = c.id
    join public.chat_conversation_summaries s on s.id = c.id and s.user_id = c.user_id
    where c.id = p_conversation_id
  ) shown
$$;

comment on function public.inbox_row(uuid) is 'For the service: a conversation as the inbox shows it; null where there is none.';

revoke all on function public.inbox_row(uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_row(uuid) to service_role;

-- What the operators' screen begins with, all of one moment: who asks, the team, the labels, a page of a view, the cursor
-- from which the changes go on, and the conversation that is opened.

create or replace function public.inbox_screen(
  p_user_id uuid,
  p_view text,
  p_assignee uuid default null,
  p_label text default null,
  p_channel text default null,
  p_query text default null,
  p_limit integer default 25,
  p_id uuid default null
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return public.inbox_list(p_user_id, p_view, p_assignee, p_label, p_channel, p_limit, null, p_query)
    || public.inbox_me(p_user_id)
    || public.inbox_operators(p_user_id)
    || public.inbox_labels(p_user_id)
    || jsonb_build_object(
      'at', now(),
      'cursor', public.live_changes(null) -> 'cursor',
      -- One that is not there is no fault of the screen.
      'opened', case when exists (select from public.chat_conversations c where c.id = p_id) then
        public.inbox_conversation(p_user_id, p_id) || jsonb_build_object('page', public.inbox_messages(p_user_id, p_id))
      end
    );
end
$$;

comment on function public.inbox_screen(uuid, text, uuid, text, text, text, integer, uuid) is
  'For the service: {operator, operators, labels, conversations, has_more, next, counts, at, cursor, opened}: what the inbox begins with; opened is inbox_conversation with the newest page of messages, or null. Raises PT403, PT422.';

revoke all on function public.inbox_screen(uuid, text, uuid, text, text, text, integer, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_screen(uuid, text, uuid, text, text, text, integer, uuid) to service_role;

-- What each view of the inbox holds, as a condition on chat_desk d; $1 is the operator who asks.

create or replace function public.inbox_views() returns jsonb
language sql
immutable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'waiting', 'd.status = ''open'' and d.handling = ''waiting'' and ' || w.awake,
    'mine', 'd.status = ''open'' and d.assignee_id = $1 and ' || w.awake,
    'unassigned', 'd.pile = ''people'' and d.assignee_id is null and ' || w.awake,
    'open', 'd.pile = ''people'' and ' || w.awake,
    'bot', 'd.pile = ''bot''',
    'snoozed', 'd.status = ''open'' and d.snoozed_until is not null and d.snoozed_until > now()',
    'completed', 'd.pile = ''completed''',
    'all', 'true'
  )
  from (select '(d.snoozed_until is null or d.snoozed_until <= now())' as awake) w
$$;

comment on function public.inbox_views() is
  'For the service, inside other functions: by the name of a view, its condition on chat_desk d, where $1 is the operator who asks.';

revoke all on function public.inbox_views() from public, anon, authenticated, service_role;
grant execute on function public.inbox_views() to service_role;
