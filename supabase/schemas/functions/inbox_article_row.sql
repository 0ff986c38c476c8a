-- An article as operators see it.

create or replace function public.inbox_article_row(p_article public.kb_articles) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  origin public.kb_sources;
  writer public.chat_operators;
begin
  select * into origin from public.kb_sources s where s.article_id = p_article.id;
  select o.* into writer
    from public.kb_versions v
    join public.chat_operators o on o.id = v.by
    where v.article_id = p_article.id and v.version = p_article.version;
  return jsonb_build_object(
    'id', p_article.id,
    'title', p_article.title,
    'slug', p_article.slug,
    'locale', p_article.locale,
    'status', p_article.status,
    'audience', p_article.audience,
    'questions', p_article.questions,
    'body', p_article.body,
    'version', p_article.version,
    'source_kind', coalesce(origin.kind, 'hand'),
    'source', case when origin.kind = 'csv' then origin.root else origin.source end,
    'edited_by_hand', coalesce(origin.edited_by_hand, false),
    'created_at', p_article.created_at,
    'updated_at', p_article.updated_at,
    'published_at', p_article.published_at,
    'updated_by', public.inbox_person(writer)
  );
end
$$;

comment on function public.inbox_article_row(public.kb_articles) is
  'For the service, inside other functions: an article, as operators see it.';

revoke all on function public.inbox_article_row(public.kb_articles) from public, anon, authenticated, service_role;
grant execute on function public.inbox_article_row(public.kb_articles) to service_role;
