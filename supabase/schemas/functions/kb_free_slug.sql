-- A name for an address that no other article of this language has: the wanted one, or with a number.

create or replace function public.kb_free_slug(p_slug text, p_locale text, p_but uuid default null) returns text
language sql
stable
security invoker
set search_path = ''
as $$
  select case when n = 1 then p_slug else left(p_slug, 94) || '-' || n end
  from generate_series(1, 6000) n
  where not exists (
    select from public.kb_articles a
    where a.locale = p_locale
      and a.slug = case when n = 1 then p_slug else left(p_slug, 94) || '-' || n end
      and a.id is distinct from p_but
  )
  order by n
  limit 1
$$;

comment on function public.kb_free_slug(text, text, uuid) is
  'For the service, inside other functions: p_slug, or p_slug-2 …, whichever no other article of this language has.';

revoke all on function public.kb_free_slug(text, text, uuid) from public, anon, authenticated, service_role;
grant execute on function public.kb_free_slug(text, text, uuid) to service_role;
