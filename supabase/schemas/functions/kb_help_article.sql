-- An article that everybody may read, by its name in addresses.

create or replace function public.kb_help_article(p_locale text, p_slug text) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'id', a.id,
    'slug', a.slug,
    'title', a.title,
    'locale', a.locale,
    'body', a.body,
    'version', a.version,
    'updated_at', a.updated_at
  )
  from public.kb_articles a
  where a.locale = p_locale and a.slug = p_slug and a.status = 'published' and a.audience = 'all'
$$;

comment on function public.kb_help_article(text, text) is
  'For the service: {id, slug, title, locale, body, version, updated_at} of an article that is published for all; null where there is none.';

revoke all on function public.kb_help_article(text, text) from public, anon, authenticated, service_role;
grant execute on function public.kb_help_article(text, text) to service_role;
