-- An admin writes an article or changes one.

create or replace function public.inbox_save_article(
  p_user_id uuid,
  p_id uuid,
  p_values jsonb,
  p_chunks jsonb default null,
  p_if_version integer default null,
  p_how text default 'hand'
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  article public.kb_articles;
  former public.kb_articles;
  origin public.kb_sources;
  was_edited boolean;
  fault constant text := (
    select name from jsonb_object_keys(p_values) name
    where name not in ('title', 'body', 'locale', 'status', 'audience', 'questions', 'slug', 'edited_by_hand')
    limit 1
  );
begin
  if fault is not null then
    raise exception using errcode = 'PT422', message = 'invalid', detail = fault;
  end if;
  -- One writer at a time: there is a bound, and addresses are there once.
  perform pg_advisory_xact_lock(hashtextextended('munui.articles', 0));
  if p_id is null then
    -- Sent again.
    select * into article from public.kb_articles a
      where a.version = 1 and a.locale = p_values ->> 'locale'
        and a.title = btrim(normalize(p_values ->> 'title'))
        and a.body = normalize(p_values ->> 'body')
        and a.status = coalesce(p_values ->> 'status', 'draft')
        and a.audience = coalesce(p_values ->> 'audience', 'all')
        and a.questions = array(
          select btrim(normalize(q)) from jsonb_array_elements_text(coalesce(p_values -> 'questions', '[]')) q
        )
        and not exists (select from public.kb_sources s where s.article_id = a.id)
      order by a.created_at
      limit 1;
    if found then
      return jsonb_build_object('article', public.inbox_article_row(article), 'created', false);
    end if;
    article.status := 'draft';
    article.audience := 'all';
  else
    select * into article from public.kb_articles a where a.id = p_id for no key update;
    if not found then
      raise exception using errcode = 'PT404', message = 'not_found';
    end if;
    if p_if_version <> article.version then
      raise exception using errcode = 'PT409', message = 'settings_changed',
        detail = public.inbox_article_row(article)::text;
    end if;
  end if;
  former := article;
  article := jsonb_populate_record(article, p_values - array['questions', 'slug', 'edited_by_hand']);
  if p_values ? 'questions' then
    article.questions := array(select btrim(normalize(q)) from jsonb_array_elements_text(p_values -> 'questions') q);
  end if;
  article.title := btrim(normalize(article.title));
  article.body := normalize(article.body);
  -- Whoever gives an article another name is told that it is taken; one that was made of the title gets a number.
  article.slug := coalesce(p_values ->> 'slug', article.slug);
  if article.slug is distinct from former.slug and p_id is not null and exists (
    select from public.kb_articles a
    where a.locale = article.locale and a.slug = p_values ->> 'slug' and a.id is distinct from p_id
  ) then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'slug';
  end if;
  article.slug := public.kb_free_slug(article.slug, article.locale, p_id);
  if p_id is not null then
    select * into origin from public.kb_sources s where s.article_id = p_id;
    was_edited := case
      when (article.title, article.body, article.questions, article.locale)
        is distinct from (former.title, former.body, former.questions, former.locale) then true
      else coalesce((p_values ->> 'edited_by_hand')::boolean, origin.edited_by_hand)
    end;
    -- Who is to follow the source again takes over what that says, also where it says what it said before.
    update public.kb_sources s
      set edited_by_hand = was_edited, digest = case when was_edited then s.digest else '' end
      where s.article_id = p_id and s.edited_by_hand <> was_edited;
    if article = former then
      return jsonb_build_object('article', public.inbox_article_row(former), 'created', false);
    end if;
  end if;
  article := public.kb_write(article, p_chunks, p_how, operator.id);
  perform public.inbox_tell_setting(
    operator, 'article', article.id, article.title, case when p_id is not null then public.kb_article_told(former) end,
    public.kb_article_told(article)
  );
  return jsonb_build_object('article', public.inbox_article_row(article), 'created', p_id is null);
end
$$;

comment on function public.inbox_save_article(uuid, uuid, jsonb, jsonb, integer, text) is
  'For the service: writes (p_id null) or changes an article {title, body, locale, status, audience, questions, slug, edited_by_hand}, with its pieces [{title_path, text, digest}] where title or text change; answers {article, created}. Admins only. With p_if_version, only from that version. Raises PT403, PT404, PT409, PT422.';

revoke all on function public.inbox_save_article(uuid, uuid, jsonb, jsonb, integer, text) from public, anon, authenticated, service_role;
grant execute on function public.inbox_save_article(uuid, uuid, jsonb, jsonb, integer, text) to service_role;
