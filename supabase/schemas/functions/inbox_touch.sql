-- Something changed that only operators see.

create or replace function public.inbox_touch(p_conversation_id uuid) returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  update public.chat_desk d
    set changes = d.changes + 1, cx = pg_current_xact_id()
    where d.conversation_id = p_conversation_id
$$;

comment on function public.inbox_touch(uuid) is
  'For the service, inside other functions: counts a change that only operators see, and tells the live feed.';

revoke all on function public.inbox_touch(uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_touch(uuid) to service_role;
