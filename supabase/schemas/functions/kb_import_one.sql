-- One piece of a source is taken over: what was changed or deleted here by hand stays so.

create or replace function public.kb_import_one(p_import public.kb_imports, p_entry jsonb, p_restores boolean) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  place constant text := p_entry ->> 'source';
  said constant jsonb := jsonb_build_object('status', p_entry -> 'status', 'audience', p_entry -> 'audience');
  article public.kb_articles;
  origin public.kb_sources;
  is_new boolean;
  outcome text;
begin
  select * into origin from public.kb_sources s where s.kind = p_import.kind and s.source = place;
  is_new := not found;
  if is_new and not p_restores and exists (
    select from public.kb_removed r where r.source_kind = p_import.kind and r.source = place
  ) then
    return jsonb_build_object('outcome', 'removed', 'article_id', null, 'title', p_entry -> 'title');
  end if;
  select * into article from public.kb_articles a where a.id = origin.article_id for no key update;
  outcome := case
    when is_new then 'added'
    when origin.digest = p_entry ->> 'digest' then 'unchanged'
    when origin.edited_by_hand then 'kept'
    else 'changed'
  end;
  if outcome in ('added', 'changed') then
    -- What was set here since then, that it is withdrawn or for members only, holds against the source.
    if is_new or article.status = origin.said ->> 'status' then
      article.status := p_entry ->> 'status';
    end if;
    if is_new or article.audience = origin.said ->> 'audience' then
      article.audience := p_entry ->> 'audience';
    end if;
    article.title := p_entry ->> 'title';
    article.body := p_entry ->> 'body';
    article.questions := array(select jsonb_array_elements_text(p_entry -> 'questions'));
    article.locale := p_entry ->> 'locale';
    article.slug := public.kb_free_slug(coalesce(article.slug, p_entry ->> 'slug'), article.locale, article.id);
    article := public.kb_write(article, p_entry -> 'chunks', 'import', p_import.created_by);
    insert into public.kb_sources (article_id, kind, source, root, digest, said)
      values (article.id, p_import.kind, place, p_entry ->> 'root', p_entry ->> 'digest', said)
      on conflict (article_id) do update
      set root = excluded.root, digest = excluded.digest, said = excluded.said;
    delete from public.kb_removed r where r.source_kind = p_import.kind and r.source = place;
  elsif origin.root is distinct from p_entry ->> 'root' then
    update public.kb_sources s set root = p_entry ->> 'root' where s.article_id = article.id;
  end if;
  return jsonb_build_object('outcome', outcome, 'article_id', article.id, 'title', article.title);
end
$$;

comment on function public.kb_import_one(public.kb_imports, jsonb, boolean) is
  'For the service, inside other functions: takes over {source, root, digest, title, body, locale, status, audience, questions, slug, chunks}; answers {outcome, article_id, title}. Raises PT422.';

revoke all on function public.kb_import_one(public.kb_imports, jsonb, boolean) from public, anon, authenticated, service_role;
grant execute on function public.kb_import_one(public.kb_imports, jsonb, boolean) to service_role;
