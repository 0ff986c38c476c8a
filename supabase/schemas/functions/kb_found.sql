-- A piece of an article as callers of kb_find get it.

create or replace function public.kb_found(p_chunk_id uuid, p_score real, p_coverage real, p_answerable boolean) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'chunkId', c.id,
    'articleId', a.id,
    'slug', a.slug,
    'version', a.version,
    'title', a.title,
    'titlePath', c.title_path,
    'text', c.text,
    'place', c.place,
    'locale', a.locale,
    'score', round(p_score::numeric, 4),
    'coverage', round(p_coverage::numeric, 4),
    'answerable', p_answerable
  )
  from public.kb_chunks c
  join public.kb_articles a on a.id = c.article_id
  where c.id = p_chunk_id
$$;

comment on function public.kb_found(uuid, real, real, boolean) is
  'For retrieval, inside other functions: a piece of an article with its scores, as kb_find tells it.';

revoke all on function public.kb_found(uuid, real, real, boolean) from public, anon, authenticated, service_role;
grant execute on function public.kb_found(uuid, real, real, boolean) to authenticated, service_role;
