-- What a worker is to ask a model for an admin; null where that is done already, or nobody wants it any more.

create or replace function public.kb_try(p_id uuid) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select to_jsonb(t) from public.kb_tries t where t.id = p_id and t.settled_at is null
$$;

comment on function public.kb_try(uuid) is 'For the service: a row of kb_tries that is not settled, or null.';

revoke all on function public.kb_try(uuid) from public, anon, authenticated, service_role;
grant execute on function public.kb_try(uuid) to service_role;
