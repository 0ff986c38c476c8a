-- Messages of a conversation: by place (the newest, those before a number, those after one), or by what changed after a
-- rev. At most 200 messages and 4 MB; one message is always shown. Whoever calls it knows that who asks may read them.

create or replace function public.inbox_page(
  p_owner uuid,
  p_id uuid,
  p_limit integer,
  p_before bigint,
  p_after bigint,
  p_after_rev bigint
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  size constant integer := least(greatest(coalesce(p_limit, 50), 1), 200);
  -- A plain number, so that the index ends there.
  before constant bigint := coalesce(p_before, 9223372036854775807);
  found_rows public.chat_messages[];
  page jsonb;
  shown integer;
  first_seq bigint;
  last_seq bigint;
begin
  -- In the order in which the page may be cut short.
  if p_after_rev is not null then
    found_rows := array(
      select m from public.chat_messages m
      where m.user_id = p_owner and m.conversation_id = p_id and m.rev > p_after_rev
      order by m.rev limit size + 1
    );
  elsif p_after is not null then
    found_rows := array(
      select m from public.chat_messages m
      where m.user_id = p_owner and m.conversation_id = p_id and m.seq > p_after
      order by m.seq limit size
    );
  else
    found_rows := array(
      select m from public.chat_messages m
      where m.user_id = p_owner and m.conversation_id = p_id and m.seq < before
      order by m.seq desc limit size
    );
  end if;
  select coalesce(jsonb_agg(w.message order by case when p_after_rev is null then w.seq else w.place end), '[]'),
      count(*), min(w.seq), max(w.seq)
    into page, shown, first_seq, last_seq
    from (
      select s.message, s.seq, s.place, sum(octet_length(s.message::text)) over (order by s.place) as bytes
      from (
        select public.inbox_message(f) as message, f.seq, row_number() over () as place from unnest(found_rows) f
      ) s
    ) w
    where w.place = 1 or (w.place <= size and w.bytes <= 4194304);

  return jsonb_build_object('messages', page) || case
    when p_after_rev is not null then jsonb_build_object('has_more', shown < cardinality(found_rows))
    else jsonb_build_object(
      'has_earlier', exists (
        select from public.chat_messages w
        where w.user_id = p_owner and w.conversation_id = p_id and w.seq < first_seq
      ),
      'has_later', exists (
        select from public.chat_messages w
        where w.user_id = p_owner and w.conversation_id = p_id and w.seq > last_seq
      )
    )
  end;
end
$$;

comment on function public.inbox_page(uuid, uuid, integer, bigint, bigint, bigint) is
  'For the service, inside other functions: {messages} of a conversation and its owner, with has_earlier and has_later, or with has_more where it was asked for what changed after a rev.';

revoke all on function public.inbox_page(uuid, uuid, integer, bigint, bigint, bigint)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_page(uuid, uuid, integer, bigint, bigint, bigint) to service_role;
