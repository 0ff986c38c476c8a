-- Transcripts for admins, in pages: conversations that began in a span of time, oldest first, with what was said. Never
-- notes.

create or replace function public.inbox_export(
  p_user_id uuid,
  p_from timestamptz default null,
  p_to timestamptz default null,
  p_after jsonb default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  most_messages constant integer := 500;
  most_bytes constant integer := 1000000;
  after_at constant timestamptz := (p_after ->> 'at')::timestamptz;
  after_id constant uuid := p_after ->> 'id';
  -- Within a conversation that did not fit: the place after which it goes on.
  after_seq constant bigint := p_after ->> 'seq';
  conversation record;
  part record;
  rows jsonb := '[]';
  count integer := 0;
  bytes bigint := 0;
  next jsonb;
begin
  if p_after is null then
    perform public.inbox_tell(
      operator, null, 'export.made', jsonb_strip_nulls(jsonb_build_object('from', p_from, 'to', p_to))
    );
  end if;
  for conversation in
    select c.id, c.user_id, c.created_at
    from public.chat_conversations c
    where (p_from is null or c.created_at >= p_from)
      and (p_to is null or c.created_at < p_to)
      and (
        after_at is null
        or (c.created_at, c.id) > (after_at, after_id)
        or (after_seq is not null and c.id = after_id)
      )
    order by c.created_at, c.id
    limit 100
  loop
    if count >= most_messages or bytes >= most_bytes then
      exit;
    end if;
    next := jsonb_build_object('at', conversation.created_at, 'id', conversation.id);
    select coalesce(jsonb_agg(w.message order by w.seq), '[]') as messages, count(*) as number, max(w.seq) as last,
        coalesce(max(w.until), 0) as size
      into part
      from (
        select n.message, n.seq, n.until, n.until - n.size as before
        from (
          select f.message, f.seq, octet_length(f.message::text) as size,
            sum(octet_length(f.message::text)) over (order by f.seq) as until
          from (
            select m.seq, public.inbox_message(m) as message
            from public.chat_messages m
            where m.user_id = conversation.user_id
              and m.conversation_id = conversation.id
              and m.seq > case when conversation.id = after_id and after_seq is not null then after_seq else -9223372036854775808 end
            order by m.seq
            limit most_messages - count
          ) f
        ) n
      ) w
      where w.before = 0 or w.until <= most_bytes - bytes;
    rows := rows || jsonb_build_object('conversation', public.inbox_row(conversation.id), 'messages', part.messages);
    count := count + part.number + 1;
    bytes := bytes + part.size;
    if exists (
      select from public.chat_messages m
      where m.user_id = conversation.user_id and m.conversation_id = conversation.id and m.seq > part.last
    ) then
      next := next || jsonb_build_object('seq', part.last);
      exit;
    end if;
  end loop;
  return jsonb_build_object('rows', rows, 'next', next);
end
$$;

comment on function public.inbox_export(uuid, timestamptz, timestamptz, jsonb) is
  'For the service: {rows: [{conversation, messages}], next}: a page of transcripts after the next of the page before; an empty page, whose next is null, comes after the last. A conversation that does not fit comes again with the rest of its messages. The first page leaves an activity. Admins only. Raises PT403.';

revoke all on function public.inbox_export(uuid, timestamptz, timestamptz, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.inbox_export(uuid, timestamptz, timestamptz, jsonb) to service_role;
