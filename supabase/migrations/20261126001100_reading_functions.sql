-- What a member reads.

-- What a form must be checked against, before anything is saved. It reads and nothing else.

create or replace function public.chat_preview(
  p_conversation_id uuid,
  p_client_message_id uuid,
  p_in_reply_to uuid,
  p_known_flows text[] default '{}'
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  preview jsonb;
begin
  select jsonb_build_object(
      'status', c.status,
      'flow_version', c.flow_version,
      'flow', (
        select f.definition from public.chat_flows f
        where f.version = c.flow_version and f.version <> all (p_known_flows)
      ),
      'locale', c.state ->> 'locale',
      'asked', (
        select jsonb_build_object('id', a.id, 'step_id', a.step_id, 'kind', a.kind, 'payload', a.payload)
        from public.chat_messages a
        where a.conversation_id = c.id and a.id = p_in_reply_to
      ),
      'answered', exists (
        select from public.chat_messages w where w.conversation_id = c.id and w.in_reply_to = p_in_reply_to
      ) or exists (
        select from public.chat_messages a
        where a.conversation_id = c.id and a.id = p_in_reply_to and a.answered_at is not null
      ),
      'repeated', exists (
        select from public.chat_messages r
        where r.conversation_id = c.id and r.client_message_id = p_client_message_id
      )
    ) into preview
    from public.chat_conversations c
    where c.id = p_conversation_id;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  return preview;
end
$$;

comment on function public.chat_preview(uuid, uuid, uuid, text[]) is
  'The interactive message that is about to be answered, and what already stands against the answer.';

revoke all on function public.chat_preview(uuid, uuid, uuid, text[]) from public, anon, authenticated, service_role;
grant execute on function public.chat_preview(uuid, uuid, uuid, text[]) to authenticated;

-- A page of the caller's conversations, latest activity first: 201 at most, one more than the largest page shows.

create or replace function public.chat_list(
  p_limit integer default 50,
  p_before_at timestamptz default null,
  p_before_id uuid default null
) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(page) order by page.last_message_at desc, page.id desc), '[]')
  from (
    select s.*
    from public.chat_conversation_summaries s
    where s.user_id = (select auth.uid())
      and s.client_conversation_id is not null
      and (
        p_before_at is null
        or (s.last_message_at, s.id) < (p_before_at, p_before_id)
      )
    order by s.last_message_at desc, s.id desc
    limit least(coalesce(p_limit, 50), 201)
  ) page
$$;

comment on function public.chat_list(integer, timestamptz, uuid) is
  'The caller''s conversations after a place in the order (last_message_at, id), newest first.';

revoke all on function public.chat_list(integer, timestamptz, uuid) from public, anon, authenticated, service_role;
grant execute on function public.chat_list(integer, timestamptz, uuid) to authenticated;

-- A page of a conversation, oldest first, with its neighbours announced: at most 200 messages and 4 MB. One message is
-- always shown: none is as large.

create or replace function public.chat_page(
  p_conversation_id uuid,
  p_limit integer default 50,
  p_before bigint default null,
  p_after bigint default null
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  owner uuid;
  page jsonb;
  first_seq bigint;
  last_seq bigint;
  -- A plain number, so that the index ends there.
  before bigint := coalesce(p_before, 9223372036854775807);
begin
  select c.user_id into owner from public.chat_conversations c where c.id = p_conversation_id;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;

  if p_after is not null then
    select jsonb_agg(m.message order by m.seq), min(m.seq), max(m.seq) into page, first_seq, last_seq
      from (
        select n.seq, n.message, sum(octet_length(n.message::text)) over (order by n.seq) as size
        from (
          select w.seq, to_jsonb(shown) as message
          from public.chat_messages w, lateral (
            select
              w.id, w.conversation_id, w.seq, w.role, w.kind, w.content, w.payload, w.client_message_id, w.request_id,
              w.in_reply_to, w.answer, w.answered_at, w.created_at
          ) shown
          where w.user_id = owner and w.conversation_id = p_conversation_id and w.seq > p_after
          order by w.seq
          limit least(coalesce(p_limit, 50), 200)
        ) n
      ) m
      where m.size <= 4194304;
  else
    select jsonb_agg(m.message order by m.seq), min(m.seq), max(m.seq) into page, first_seq, last_seq
      from (
        select n.seq, n.message, sum(octet_length(n.message::text)) over (order by n.seq desc) as size
        from (
          select w.seq, to_jsonb(shown) as message
          from public.chat_messages w, lateral (
            select
              w.id, w.conversation_id, w.seq, w.role, w.kind, w.content, w.payload, w.client_message_id, w.request_id,
              w.in_reply_to, w.answer, w.answered_at, w.created_at
          ) shown
          where w.user_id = owner and w.conversation_id = p_conversation_id and w.seq < before
          order by w.seq desc
          limit least(coalesce(p_limit, 50), 200)
        ) n
      ) m
      where m.size <= 4194304;
  end if;

  return jsonb_build_object(
    'conversation', (
      select to_jsonb(s) from public.chat_conversation_summaries s
      where s.id = p_conversation_id and s.user_id = owner
    ),
    'messages', coalesce(page, '[]'),
    'has_earlier', exists (
      select from public.chat_messages w
      where w.user_id = owner and w.conversation_id = p_conversation_id and w.seq < first_seq
    ),
    'has_later', exists (
      select from public.chat_messages w
      where w.user_id = owner and w.conversation_id = p_conversation_id and w.seq > last_seq
    )
  );
end
$$;

comment on function public.chat_page(uuid, integer, bigint, bigint) is
  'Messages of the caller''s conversation: the newest, those before a number or those after one.';

revoke all on function public.chat_page(uuid, integer, bigint, bigint) from public, anon, authenticated, service_role;
grant execute on function public.chat_page(uuid, integer, bigint, bigint) to authenticated;

-- Moves the caller's read marker.

create or replace function public.chat_mark_read(
  p_conversation_id uuid,
  p_up_to_message_id uuid default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  up_to bigint;
  failed_constraint text;
begin
  if p_up_to_message_id is null then
    select coalesce(max(m.seq), 0) into up_to
      from public.chat_messages m
      where m.user_id = (select auth.uid()) and m.conversation_id = p_conversation_id;
  else
    select m.seq into up_to
      from public.chat_messages m
      where m.conversation_id = p_conversation_id and m.id = p_up_to_message_id;
  end if;

  begin
    insert into public.chat_conversation_reads as r (conversation_id, last_read_seq)
      values (p_conversation_id, coalesce(up_to, 0))
      on conflict (conversation_id, user_id) do update set last_read_seq = excluded.last_read_seq;
  exception when foreign_key_violation then
    get stacked diagnostics failed_constraint = constraint_name;
    if failed_constraint = 'chat_conversation_reads_user_fkey' then
      -- A token outlives its account by up to an hour.
      raise exception using errcode = 'PT401', message = 'unauthenticated';
    end if;
    raise exception using errcode = 'PT404', message = 'not_found';
  end;

  -- Said last: a conversation that is not there comes before a message that is not.
  if up_to is null then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'upToMessageId';
  end if;

  return (
    select jsonb_build_object(
      'conversation_id', s.id, 'last_read_at', s.last_read_at, 'unread_count', s.unread_count
    )
    from public.chat_conversation_summaries s
    where s.id = p_conversation_id
  );
end
$$;

comment on function public.chat_mark_read(uuid, uuid) is
  'Marks the caller''s conversation read up to a message, by default the last; answers with the unread count.';

revoke all on function public.chat_mark_read(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.chat_mark_read(uuid, uuid) to authenticated;

-- An export in pages: no statement of it grows with what a member has written, and neither does an answer.

create or replace function public.chat_export(
  p_part text,
  p_after_id uuid default null,
  p_after_seq bigint default null
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  key text := case p_part
    when 'conversations' then 't.id'
    when 'messages' then 't.conversation_id, t.seq'
    when 'reads' then 't.conversation_id'
    when 'inquiries' then 't.id'
  end;
  place text := case p_part when 'messages' then '$2, $3' else '$2' end;
  -- All that is kept today. A column that a table gets later is nobody's until it is named here.
  columns text := case p_part
    when 'conversations' then 't.id, t.user_id, t.client_conversation_id, t.status, t.flow_version, t.state, t.state_version,
      t.last_seq, t.handled_seq, t.message_count, t.created_at, t.last_message_at'
    when 'messages' then 't.id, t.conversation_id, t.user_id, t.seq, t.role, t.kind, t.content, t.payload,
      t.client_message_id, t.request_id, t.turn_id, t.step_id, t.event, t.in_reply_to, t.answer, t.answered_at, t.created_at'
    when 'reads' then 't.conversation_id, t.user_id, t.last_read_seq, t.last_read_at'
    when 'inquiries' then 't.id, t.client_inquiry_id, t.user_id, t.conversation_id, t.message_id, t.flow_version, t.step_id,
      t.values, t.locale, t.status, t.request_id, t.created_at, t.done_at, t.from_guest'
  end;
  page jsonb;
begin
  if key is null then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'part';
  end if;
  -- At most 500 rows and about a megabyte; one row always, however long. Nothing that is put in comes from the caller.
  execute format(
    $q$
      select jsonb_build_object(
        'rows', coalesce(jsonb_agg(w.whole order by w.place) filter (where w.before < 1000000), '[]'),
        'has_more', count(*) = 500 or coalesce(max(w.before) >= 1000000, false)
      )
      from (
        select r.whole, r.place, sum(r.size) over (order by r.place) - r.size as before
        from (
          select
            to_jsonb(shown) as whole, octet_length(to_jsonb(shown)::text) as size, row_number() over (order by %1$s) as place
          from public.%2$I t, lateral (select %4$s) shown
          where t.user_id = $1 and %3$s
          order by %1$s
          limit 500
        ) r
      ) w
    $q$,
    key,
    case p_part when 'reads' then 'chat_conversation_reads' else 'chat_' || p_part end,
    case when p_after_id is null then 'true' else format('(%s) > (%s)', key, place) end,
    columns
  ) into page using (select auth.uid()), p_after_id, p_after_seq;
  return page;
end
$$;

comment on function public.chat_export(text, uuid, bigint) is
  'A page of one part (conversations, messages, reads, inquiries) of everything that is kept of the caller, rows after a place in the order of their keys.';

revoke all on function public.chat_export(text, uuid, bigint) from public, anon, authenticated, service_role;
grant execute on function public.chat_export(text, uuid, bigint) to authenticated;
