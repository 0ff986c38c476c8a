-- A setting with the name of its present state: whoever saves says which one they saw.

create or replace function public.inbox_versioned(p_values jsonb) returns jsonb
language sql
immutable
security invoker
set search_path = ''
as $$
  select p_values || jsonb_build_object('version', left(encode(sha256(convert_to(p_values::text, 'UTF8')), 'hex'), 16))
$$;

comment on function public.inbox_versioned(jsonb) is
  'For the service, inside other functions: values and their version, the same for the same values.';

revoke all on function public.inbox_versioned(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.inbox_versioned(jsonb) to service_role;
