-- An admin makes a channel or changes it: its name, whether a contact has one conversation, where answers go, its key.

create or replace function public.inbox_save_channel(p_user_id uuid, p_id uuid, p_values jsonb) returns jsonb
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
  if p_id is not null then
    select * into channel from public.chat_channels c where c.id = p_id and c.deleted_at is null for no key update;
    if not found then
      raise exception using errcode = 'PT404', message = 'not_found';
    end if;
    former := public.inbox_channel(channel) - 'created_at';
  end if;
  channel.name := coalesce(p_values ->> 'name', channel.name);
  channel.single_thread := coalesce((p_values ->> 'single_thread')::boolean, channel.single_thread, false);
  channel.webhook_id := case when p_values ? 'webhook_id' then (p_values ->> 'webhook_id')::uuid else channel.webhook_id end;
  channel.key_digest := case when p_values ? 'key_digest' then p_values ->> 'key_digest' else channel.key_digest end;
  if channel.name is null then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'name';
  end if;

  begin
    if p_id is null then
      insert into public.chat_channels (name, single_thread, webhook_id, key_digest)
        values (channel.name, channel.single_thread, channel.webhook_id, channel.key_digest)
        returning * into channel;
    else
      update public.chat_channels c
        set name = channel.name,
          single_thread = channel.single_thread,
          webhook_id = channel.webhook_id,
          key_digest = channel.key_digest
        where c.id = p_id;
    end if;
  exception when foreign_key_violation then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'webhook_id';
  end;
  perform public.channel_listen(channel);
  if (former ->> 'has_key')::boolean and p_values ->> 'key_digest' is not null then
    -- One key in place of another: of both nobody sees more than that there is one.
    perform public.inbox_tell(operator, null, 'settings.changed', jsonb_build_object(
      'what', 'channel', 'id', channel.id, 'name', channel.name, 'rotated', true
    ));
  end if;
  perform public.inbox_tell_setting(
    operator, 'channel', channel.id, channel.name, former, public.inbox_channel(channel) - 'created_at'
  );
  return jsonb_build_object('channel', public.inbox_channel(channel), 'created', p_id is null);
end
$$;

comment on function public.inbox_save_channel(uuid, uuid, jsonb) is
  'For the service: makes (p_id null) or changes a channel {name, single_thread, webhook_id, key_digest}; answers {channel, created}. Admins only. Raises PT403, PT404, PT422.';

revoke all on function public.inbox_save_channel(uuid, uuid, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.inbox_save_channel(uuid, uuid, jsonb) to service_role;
