-- Who of those that hold streams is still there: asked once a minute for all of them.

create or replace function public.live_people(p_user_ids uuid[]) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    -- A contact goes with its account. Who never began a conversation has none, and nothing to be told of.
    'members', (
      select coalesce(jsonb_agg(p.user_id), '[]') from public.chat_contacts p where p.user_id = any (p_user_ids)
    ),
    'operators', (
      select coalesce(jsonb_agg(o.user_id), '[]')
      from public.chat_operators o where o.user_id = any (p_user_ids) and o.is_active
    )
  )
$$;

comment on function public.live_people(uuid[]) is
  'For the service: of these accounts, {members: those that are there and have begun a conversation, operators: those that are active ones}.';

revoke all on function public.live_people(uuid[]) from public, anon, authenticated, service_role;
grant execute on function public.live_people(uuid[]) to service_role;
