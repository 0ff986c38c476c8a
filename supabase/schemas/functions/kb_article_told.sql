-- An article as the audit tells of it: its text by the number of its version, which keeps it.

create or replace function public.kb_article_told(p_article public.kb_articles) returns jsonb
language sql
immutable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'title', p_article.title,
    'locale', p_article.locale,
    'status', p_article.status,
    'audience', p_article.audience,
    'slug', p_article.slug,
    'edition', p_article.version
  )
$$;

comment on function public.kb_article_told(public.kb_articles) is
  'For the service, inside other functions: an article as its changes are told of.';

revoke all on function public.kb_article_told(public.kb_articles) from public, anon, authenticated, service_role;
grant execute on function public.kb_article_told(public.kb_articles) to service_role;
