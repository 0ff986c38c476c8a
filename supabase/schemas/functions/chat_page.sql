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
              w.in_reply_to, w.answer, w.answered_at, w.created_at, w.author, w.status, w.rev
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
              w.in_reply_to, w.answer, w.answered_at, w.created_at, w.author, w.status, w.rev
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
