-- An export in pages: no statement of it grows with what a member has written, and neither does an answer.

-- chat_export() stays for services that were started before this one, and goes when none is left.
create function public.chat_export(
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
          select to_jsonb(t) as whole, octet_length(to_jsonb(t)::text) as size, row_number() over (order by %1$s) as place
          from public.%2$I t
          where t.user_id = $1 and %3$s
          order by %1$s
          limit 500
        ) r
      ) w
    $q$,
    key,
    case p_part when 'reads' then 'chat_conversation_reads' else 'chat_' || p_part end,
    case when p_after_id is null then 'true' else format('(%s) > (%s)', key, place) end
  ) into page using (select auth.uid()), p_after_id, p_after_seq;
  return page;
end
$$;

comment on function public.chat_export(text, uuid, bigint) is
  'A page of one part (conversations, messages, reads, inquiries) of everything that is kept of the caller, whole rows after a place in the order of their keys.';

revoke all on function public.chat_export(text, uuid, bigint) from public, anon, authenticated, service_role;
grant execute on function public.chat_export(text, uuid, bigint) to authenticated;
