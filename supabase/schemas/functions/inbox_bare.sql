-- A name or an address as it is looked for: without spaces, in one form of Hangul, in small letters.

create or replace function public.inbox_bare(p_text text) returns text
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  select regexp_replace(lower(normalize(p_text, NFKC)), '\s+', '', 'g')
$$;

comment on function public.inbox_bare(text) is
  'For the service, inside other functions: a text without spaces and case, to look for parts of it.';

revoke all on function public.inbox_bare(text) from public, anon, authenticated, service_role;
grant execute on function public.inbox_bare(text) to service_role;
