-- What changed in a conversation after a number, in the order of the changes: at most 200 messages and 4 MB. One message is
-- always shown: none is as large.

create or replace function public.chat_changed(
  p_conversation_id uuid,
  p_after_rev bigint,
  p_limit integer default 200
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  owner uuid;
  page jsonb;
  last_rev bigint;
  -- A plain number, so that the index begins there. Rows of before have none of their own.
  after constant bigint := greatest(coalesce(p_after_rev, 0), 0);
begin
  select c.user_id into owner from public.chat_conversations c where c.id = p_conversation_id;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;

  select jsonb_agg(m.message order by m.rev), max(m.rev) into page, last_rev
    from (
      select n.rev, n.message, sum(n.size) over (order by n.rev) - n.size as before
      from (
        select w.rev, to_jsonb(shown) as message, octet_length(to_jsonb(shown)::text) as size
        from public.chat_messages w, lateral (
          select
            w.id, w.conversation_id, w.seq, w.role, w.kind, w.content, w.payload, w.client_message_id, w.request_id,
            w.in_reply_to, w.answer, w.answered_at, w.created_at, w.author, w.status, w.rev
        ) shown
        where w.user_id = owner and w.conversation_id = p_conversation_id and w.rev > 0 and w.rev > after
        order by w.rev
        limit least(coalesce(p_limit, 200), 200)
      ) n
    ) m
    where m.before < 4194304 - 131072;

  return jsonb_build_object(
    'conversation', (
      select to_jsonb(s) from public.chat_conversation_summaries s
      where s.id = p_conversation_id and s.user_id = owner
    ),
    'messages', coalesce(page, '[]'),
    'has_more', exists (
      select from public.chat_messages w
      where w.user_id = owner and w.conversation_id = p_conversation_id and w.rev > 0 and w.rev > last_rev
    )
  );
end
$$;

comment on function public.chat_changed(uuid, bigint, integer) is
  'The caller''s conversation, and its messages that were written or changed after a number. Raises PT404.';

revoke all on function public.chat_changed(uuid, bigint, integer) from public, anon, authenticated, service_role;
grant execute on function public.chat_changed(uuid, bigint, integer) to authenticated;
