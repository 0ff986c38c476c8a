-- An admin deletes a channel: its key opens nothing any more and nothing goes out. Its conversations stay and name it.

create or replace function public.inbox_delete_channel(p_user_id uuid, p_id uuid) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  channel public.chat_channels;
  former jsonb;
begin
  select public.inbox_channel(c) - 'created_at' into former
    from public.chat_channels c where c.id = p_id and c.deleted_at is null for no key update;
  update public.chat_channels c set deleted_at = now(), key_digest = null, webhook_id = null
    where c.id = p_id and c.deleted_at is null
    returning * into channel;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  perform public.channel_listen(channel);
  perform public.inbox_tell_setting(operator, 'channel', channel.id, channel.name, former, null);
  return jsonb_build_object('id', channel.id);
end
$$;

comment on function public.inbox_delete_channel(uuid, uuid) is
  'For the service: deletes a channel and answers {id}. Admins only. Raises PT403, PT404.';

revoke all on function public.inbox_delete_channel(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_delete_channel(uuid, uuid) to service_role;
