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
      t.last_seq, t.handled_seq, t.message_count, t.created_at, t.last_message_at, t.handling, t.channel, t.rev, t.agent,
      t.rating, t.rating_asked_at, t.change_turn_id'
    when 'messages' then 't.id, t.conversation_id, t.user_id, t.seq, t.role, t.kind, t.content, t.payload,
      t.client_message_id, t.request_id, t.turn_id, t.step_id, t.event, t.in_reply_to, t.answer, t.answered_at,
      t.created_at, t.author, t.status, t.rev'
    when 'reads' then 't.conversation_id, t.user_id, t.last_read_seq, t.last_read_at'
    when 'inquiries' then 't.id, t.client_inquiry_id, t.user_id, t.conversation_id, t.message_id, t.flow_version, t.step_id,
      t.values, t.locale, t.status, t.request_id, t.created_at, t.done_at, t.from_guest, t.normal'
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
