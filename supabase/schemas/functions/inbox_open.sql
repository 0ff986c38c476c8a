-- A conversation as a screen opens it: what stands beside it and the newest of what was said, both of one moment.

create or replace function public.inbox_open(p_user_id uuid, p_id uuid, p_limit integer default 50) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select public.inbox_conversation(p_user_id, p_id) || (public.inbox_messages(p_user_id, p_id, p_limit) - 'has_later')
$$;

comment on function public.inbox_open(uuid, uuid, integer) is
  'For the service: what inbox_conversation answers, and of the newest messages {messages, has_earlier}. Raises PT403, PT404.';

revoke all on function public.inbox_open(uuid, uuid, integer) from public, anon, authenticated, service_role;
grant execute on function public.inbox_open(uuid, uuid, integer) to service_role;
