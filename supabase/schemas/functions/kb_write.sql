-- An article is written: its row, its version and its pieces in one transaction. Called by who has asked whether it may be,
-- with the lock that all writers of articles take.

create or replace function public.kb_write(
  p_article public.kb_articles, p_chunks jsonb, p_how text, p_by uuid
) returns public.kb_articles
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  most constant integer := 5000;
  versions constant integer := 200;
  article public.kb_articles := p_article;
  former public.kb_articles;
  fault text;
begin
  select * into former from public.kb_articles a where a.id = article.id;
  article.title := btrim(normalize(article.title));
  article.body := normalize(article.body);
  article.questions := coalesce(article.questions, '{}');
  fault := case
    when coalesce(article.title, '') !~ '\S' or char_length(article.title) > 200 then 'title'
    when coalesce(article.body, '') !~ '\S' or char_length(article.body) > 50000 then 'body'
    when coalesce(article.locale, '') not in ('ko', 'en') then 'locale'
    when coalesce(article.status, '') not in ('draft', 'published') then 'status'
    when coalesce(article.audience, '') not in ('all', 'members') then 'audience'
    when cardinality(article.questions) > 50 or exists (
      select from unnest(article.questions) q where coalesce(q, '') !~ '\S' or char_length(q) > 300
    ) then 'questions'
    -- A dot, or two, is another place to a browser.
    when coalesce(article.slug, '') !~ '^(?!\.{1,2}$)[^[:space:]/?#%\\]{1,100}$' then 'slug'
    when former.id is null and p_chunks is null then 'body'
    when former.id is null and (select count(*) from public.kb_articles) >= most then 'articles'
  end;
  if fault is not null then
    raise exception using errcode = 'PT422', message = 'invalid', detail = fault;
  end if;
  article.published_at := case when article.status = 'published' then coalesce(former.published_at, now()) end;
  if former.id is null then
    article.id := gen_random_uuid();
    article.version := 1;
    article.created_at := now();
    article.updated_at := clock_timestamp();
    insert into public.kb_articles select article.*;
  else
    article.version := former.version + 1;
    article.updated_at := clock_timestamp();
    update public.kb_articles a
      set title = article.title,
        body = article.body,
        locale = article.locale,
        status = article.status,
        audience = article.audience,
        questions = article.questions,
        slug = article.slug,
        version = article.version,
        updated_at = article.updated_at,
        published_at = article.published_at
      where a.id = article.id;
  end if;
  perform public.kb_cut(article, p_chunks);
  insert into public.kb_versions (article_id, version, title, body, questions, locale, status, audience, pieces, how, by)
    select
      article.id, article.version, article.title, article.body, article.questions, article.locale, article.status,
      article.audience, coalesce(jsonb_agg(
        jsonb_build_object('place', c.place, 'title_path', c.title_path, 'text', c.text) order by c.place
      ) filter (where c.id is not null), '[]'), p_how, p_by
    from (select article.id) this
    left join public.kb_chunks c on c.article_id = this.id;
  delete from public.kb_versions v where v.article_id = article.id and v.version <= article.version - versions;
  return article;
end
$$;

comment on function public.kb_write(public.kb_articles, jsonb, text, uuid) is
  'For the service, inside other functions: writes an article (a new one has no id), its version and its pieces [{title_path, text, digest}], null where text and title are as they were. Raises PT422.';

revoke all on function public.kb_write(public.kb_articles, jsonb, text, uuid) from public, anon, authenticated, service_role;
grant execute on function public.kb_write(public.kb_articles, jsonb, text, uuid) to service_role;
