-- The channel that a key opens: called inside every function of the channel's API, so that a key that was taken back opens
-- nothing from that moment on. Only digests are compared, so how long it takes says nothing about a key.

create or replace function public.channel_of_key(p_key text) returns public.chat_channels
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  channel public.chat_channels;
begin
  select * into channel from public.chat_channels c where c.key_digest = p_key and c.deleted_at is null;
  if not found then
    raise exception using errcode = 'PT401', message = 'unauthenticated';
  end if;
  return channel;
end
$$;

comment on function public.channel_of_key(text) is
  'For the service: the channel behind a key, which is given by its digest. Raises PT401 where there is none.';

revoke all on function public.channel_of_key(text) from public, anon, authenticated, service_role;
grant execute on function public.channel_of_key(text) to service_role;
