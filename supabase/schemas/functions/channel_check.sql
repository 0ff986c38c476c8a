-- Whether a key opens anything: asked where a request is not valid, since who may not ask is told that first.

create or replace function public.channel_check(p_key text) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  channel public.chat_channels := public.channel_of_key(p_key);
begin
  return jsonb_build_object('id', channel.id);
end
$$;

comment on function public.channel_check(text) is
  'For the service: {id} of the channel behind a key, which is given by its digest. Raises PT401.';

revoke all on function public.channel_check(text) from public, anon, authenticated, service_role;
grant execute on function public.channel_check(text) to service_role;
