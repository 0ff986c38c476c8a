-- What a contact is looked for by. Between name and address stands what nobody looks for.

create or replace function public.inbox_known_as(p_name text, p_email text) returns text
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  select concat_ws(chr(31), public.inbox_bare(p_name), public.inbox_bare(p_email))
$$;

comment on function public.inbox_known_as(text, text) is
  'For the service, inside other functions: name and address of a contact, plain.';

revoke all on function public.inbox_known_as(text, text) from public, anon, authenticated, service_role;
grant execute on function public.inbox_known_as(text, text) to service_role;
