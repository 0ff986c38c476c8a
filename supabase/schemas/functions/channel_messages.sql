-- A page of a conversation of a channel: what its contact may see, and nothing that only operators see.

create or replace function public.channel_messages(
  p_key text,
  p_id uuid,
  p_limit integer default 50,
  p_before bigint default null,
  p_after bigint default null,
  p_after_rev bigint default null
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  channel public.chat_channels := public.channel_of_key(p_key);
  conversation jsonb;
begin
  select to_jsonb(shown) into conversation
    from (
      select c.id, c.status, c.handling, c.created_at, c.rev, c.agent, o.external_id, t.thread_key, c.user_id
      from public.chat_conversations c
      join public.chat_contacts o on o.id = c.user_id
      left join public.chat_channel_threads t on t.contact_id = c.user_id and t.conversation_id = c.id
      where c.id = p_id and c.channel = channel.id::text
    ) shown;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  return jsonb_build_object('conversation', conversation)
    || public.inbox_page((conversation ->> 'user_id')::uuid, p_id, p_limit, p_before, p_after, p_after_rev);
end
$$;

comment on function public.channel_messages(text, uuid, integer, bigint, bigint, bigint) is
  'For the service: {conversation, messages} of a conversation of the channel behind a key, with has_earlier and has_later, or with has_more where it was asked for what changed after a rev. Raises PT401, PT404.';

revoke all on function public.channel_messages(text, uuid, integer, bigint, bigint, bigint)
  from public, anon, authenticated, service_role;
grant execute on function public.channel_messages(text, uuid, integer, bigint, bigint, bigint) to service_role;
