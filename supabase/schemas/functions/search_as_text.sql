-- What stands in a row of values, as a text to look in and to show. What divides it divides tokens, too.

create or replace function public.search_as_text(p_values jsonb) returns text
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  select coalesce(string_agg(v.value #>> '{}', ' · ' order by v.place), '')
  from jsonb_each(p_values) with ordinality v (key, value, place)
  where jsonb_typeof(v.value) in ('string', 'number')
$$;

comment on function public.search_as_text(jsonb) is
  'For the service, inside other functions: the texts and numbers among the values of an object, in one line.';

revoke all on function public.search_as_text(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.search_as_text(jsonb) to service_role;
