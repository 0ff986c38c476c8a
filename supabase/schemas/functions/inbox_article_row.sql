-- An article as operators see it.

create or replace function public.inbox_article_row(p_article public.kb_articles) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
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
    'source_kind', p_article.source_kind,
    'source', p_article.source,
    'edited_by_hand', p_article.edited_by_hand,
    'created_at', p_article.created_at,
    'updated_at', p_article.updated_at,
    'published_at', p_article.published_at,
    'updated_by', (select public.inbox_person(o) from public.chat_operators o where o.id = p_article.updated_by)
  );
end
$$;

comment on function public.inbox_article_row(public.kb_articles) is
  'For the service, inside other functions: an article, as operators see it.';

revoke all on function public.inbox_article_row(public.kb_articles) from public, anon, authenticated, service_role;
grant execute on function public.inbox_article_row(public.kb_articles) to service_role;
