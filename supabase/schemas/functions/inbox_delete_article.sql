-- An admin deletes an article: it is in no answer from here on, and no import brings it back by itself.

create or replace function public.inbox_delete_article(p_user_id uuid, p_id uuid) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  article public.kb_articles;
  origin public.kb_sources;
begin
  perform pg_advisory_xact_lock(hashtextextended('munui.articles', 0));
  select * into origin from public.kb_sources s where s.article_id = p_id;
  delete from public.kb_articles a where a.id = p_id returning * into article;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  insert into public.kb_removed (source_kind, source)
    select origin.kind, origin.source where origin.source is not null
    on conflict do nothing;
  perform public.inbox_tell_setting(operator, 'article', p_id, article.title, public.kb_article_told(article), null);
  return jsonb_build_object('id', p_id);
end
$$;

comment on function public.inbox_delete_article(uuid, uuid) is
  'For the service: deletes an article with its versions and pieces; answers {id}. Admins only. Raises PT403, PT404.';

revoke all on function public.inbox_delete_article(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_delete_article(uuid, uuid) to service_role;
