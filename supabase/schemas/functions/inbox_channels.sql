-- The channels that there are: conversations name them.

create or replace function public.inbox_channels(p_user_id uuid) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
begin
  return jsonb_build_object('channels', (
    select coalesce(jsonb_agg(public.inbox_channel(c) order by c.created_at, c.id), '[]')
    from public.chat_channels c
    where c.deleted_at is null
  ));
end
$$;

comment on function public.inbox_channels(uuid) is 'For the service: {channels}, oldest first. Raises PT403.';

revoke all on function public.inbox_channels(uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_channels(uuid) to service_role;
