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
