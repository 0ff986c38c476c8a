-- The letters of a text and its pairs of letters, for an index that finds any part of it, in every language and under
-- every locale. Whoever looks for a part knows all parts of that.

create or replace function public.inbox_parts(p_text text) returns text[]
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  select coalesce(array_agg(distinct part), '{}')
  from (select public.inbox_bare(p_text) as plain) t,
    generate_series(1, length(t.plain)) place,
    lateral (values (substr(t.plain, place, 1)), (nullif(substr(t.plain, place, 2), substr(t.plain, place, 1)))) v (part)
  where part is not null
$$;

comment on function public.inbox_parts(text) is
  'For the service, inside other functions: the letters and pairs of letters in a text.';

revoke all on function public.inbox_parts(text) from public, anon, authenticated, service_role;
grant execute on function public.inbox_parts(text) to service_role;
