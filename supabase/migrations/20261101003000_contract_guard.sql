-- The point of no return. It refuses as long as a row of the legacy client is not carried over.

do $$
declare
  unmapped bigint;
begin
  select count(*) into unmapped from (
    select from public.chat_messages
    where role is null or kind is null or seq is null or user_id is null or client_message_id is null and role = 'user'
    limit 1
  ) m;
  if unmapped > 0 then
    raise exception 'There are legacy messages without role and kind. Run: python -m scripts.backfill messages --apply';
  end if;
  select count(*) into unmapped from (
    select from public.chat_conversations
    where user_id is null or client_conversation_id is null or status not in ('open', 'completed')
    limit 1
  ) c;
  if unmapped > 0 then
    raise exception 'There are legacy conversations that are not carried over. Run: python -m scripts.backfill messages --apply';
  end if;
end
$$;
