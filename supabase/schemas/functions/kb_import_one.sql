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
  is_new boolean;
  outcome text;
begin
  select * into article from public.kb_articles a
    where a.source_kind = p_import.kind and a.source = place
    for no key update;
  is_new := not found;
  if is_new and not p_restores and exists (
    select from public.kb_removed r where r.source_kind = p_import.kind and r.source = place
  ) then
    return jsonb_build_object('outcome', 'removed', 'article_id', null, 'title', p_entry -> 'title');
  end if;
  outcome := case
    when is_new then 'added'
    when article.source_digest = p_entry ->> 'digest' then 'unchanged'
    when article.edited_by_hand then 'kept'
    else 'changed'
  end;
  if outcome in ('added', 'changed') then
    -- What was set here since then, that it is withdrawn or for members only, holds against the source.
    article.status := case
      when is_new or article.status = article.source_said ->> 'status' then p_entry ->> 'status' else article.status
    end;
    article.audience := case
      when is_new or article.audience = article.source_said ->> 'audience' then p_entry ->> 'audience' else article.audience
    end;
    article.title := p_entry ->> 'title';
    article.body := p_entry ->> 'body';
    article.questions := array(select jsonb_array_elements_text(p_entry -> 'questions'));
    article.locale := p_entry ->> 'locale';
    article.slug := public.kb_free_slug(coalesce(article.slug, p_entry ->> 'slug'), article.locale, article.id);
    article.source_kind := p_import.kind;
    article.source := place;
    article.source_root := p_entry ->> 'root';
    article.source_digest := p_entry ->> 'digest';
    article.source_said := said;
    article.edited_by_hand := false;
    article.updated_by := p_import.created_by;
    article := public.kb_write(article, p_entry -> 'chunks', 'import');
    delete from public.kb_removed r where r.source_kind = p_import.kind and r.source = place;
  elsif article.source_root is distinct from p_entry ->> 'root' then
    update public.kb_articles a set source_root = p_entry ->> 'root' where a.id = article.id;
  end if;
  return jsonb_build_object('outcome', outcome, 'article_id', article.id, 'title', article.title);
end
$$;

comment on function public.kb_import_one(public.kb_imports, jsonb, boolean) is
  'For the service, inside other functions: takes over {source, root, digest, title, body, locale, status, audience, questions, slug, chunks}; answers {outcome, article_id, title}. Raises PT422.';

revoke all on function public.kb_import_one(public.kb_imports, jsonb, boolean) from public, anon, authenticated, service_role;
grant execute on function public.kb_import_one(public.kb_imports, jsonb, boolean) to service_role;
