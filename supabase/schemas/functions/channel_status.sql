-- The other system tells what became of a message that went out by its channel, or wants it sent once more.

create or replace function public.channel_status(
  p_key text,
  p_message_id uuid,
  p_status text,
  p_error text default null,
  p_at timestamptz default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  channel public.chat_channels := public.channel_of_key(p_key);
begin
  perform from public.chat_messages m
    join public.chat_conversations c on c.id = m.conversation_id and c.channel = channel.id::text
    where m.id = p_message_id;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  if p_status is null or p_status not in ('delivered', 'read', 'failed', 'sent') then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'status';
  end if;
  return public.channel_settle(
    p_message_id, p_status, jsonb_build_object('kind', 'api', 'id', channel.id, 'name', channel.name), p_error, p_at
  );
end
$$;

comment on function public.channel_status(text, uuid, text, text, timestamptz) is
  'For the service: what the channel behind a key says of a message of its own; sent is a new attempt of one that failed. Answers {id, status, attempt}. Raises PT401, PT404, PT422.';

revoke all on function public.channel_status(text, uuid, text, text, timestamptz)
  from public, anon, authenticated, service_role;
grant execute on function public.channel_status(text, uuid, text, text, timestamptz) to service_role;
