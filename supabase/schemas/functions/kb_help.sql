-- What everybody may read, for the help pages: titles and where they begin.

create or replace function public.kb_help(p_locale text) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object('articles', coalesce(jsonb_agg(
    jsonb_build_object(
      'id', a.id,
      'slug', a.slug,
      'title', a.title,
      'locale', a.locale,
      'updated_at', a.updated_at,
      'excerpt', (select left(c.text, 160) from public.kb_chunks c where c.article_id = a.id order by c.place limit 1)
    )
    order by lower(a.title), a.id
  ), '[]'))
  from public.kb_articles a
  where a.locale = p_locale and a.status = 'published' and a.audience = 'all'
$$;

comment on function public.kb_help(text) is
  'For the service: {articles: [{id, slug, title, locale, updated_at, excerpt}]} of a language that are published for all, by title.';

revoke all on function public.kb_help(text) from public, anon, authenticated, service_role;
grant execute on function public.kb_help(text) to service_role;
