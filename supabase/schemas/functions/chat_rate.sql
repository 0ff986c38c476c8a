-- What a customer thinks of a conversation, where they were asked: for 14 days, and the last word counts.

create or replace function public.chat_rate(
  p_user_id uuid,
  p_conversation_id uuid,
  p_score integer,
  p_comment text default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  conversation record;
begin
  select c.rating, c.rating_asked_at, c.channel into conversation
    from public.chat_conversations c
    where c.id = p_conversation_id and c.user_id = p_user_id
    for no key update;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  if coalesce(conversation.rating_asked_at < now() - interval '14 days', true) or exists (
    select from public.chat_contacts o where o.id = p_user_id and o.blocked_at is not null
  ) then
    raise exception using errcode = 'PT403', message = 'not_allowed';
  end if;
  if p_score is null or p_score not between 1 and 5 then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'score';
  end if;
  if char_length(p_comment) > 4000 then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'comment';
  end if;

  -- The same once more changes nothing.
  if conversation.rating is null
    or (conversation.rating -> 'score', conversation.rating ->> 'comment') is distinct from (to_jsonb(p_score), p_comment)
  then
    update public.chat_conversations c
      set rating = jsonb_build_object('score', p_score, 'comment', p_comment, 'rated_at', now()), rev = c.rev + 1
      where c.id = p_conversation_id;
    perform public.chat_tell(
      p_conversation_id, 'conversation.rated', jsonb_build_object('score', p_score), p_user_id
    );
  end if;
  return (
    select jsonb_build_object('conversation', to_jsonb(s))
    from public.chat_conversation_summaries s
    where s.id = p_conversation_id and s.user_id = p_user_id
  );
end
$$;

comment on function public.chat_rate(uuid, uuid, integer, text) is
  'For the service: keeps what the owner of a conversation thinks of it; answers with the conversation. Raises PT403 where it was not asked for, PT404 and PT422.';

revoke all on function public.chat_rate(uuid, uuid, integer, text) from public, anon, authenticated, service_role;
grant execute on function public.chat_rate(uuid, uuid, integer, text) to service_role;
