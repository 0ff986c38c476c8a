-- What is done with articles: writing, reading, importing them, and what nobody found.

-- What a text is found by: its bigrams.

create or replace function public.kb_tokens(p_text text) returns tsvector
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  select array_to_tsvector(public.bigrams(p_text))
$$;

comment on function public.kb_tokens(text) is
  'For the service, inside other functions: the bigrams of a text as a tsvector without places.';

revoke all on function public.kb_tokens(text) from public, anon, authenticated, service_role;
grant execute on function public.kb_tokens(text) to service_role;

-- Codes in a text: what somebody copies letter by letter, such as an error, an order or a model. Half of one means nothing.

create or replace function public.kb_codes(p_text text) returns text[]
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  select coalesce(array_agg(distinct c.code order by c.code), '{}')
  from regexp_matches(
    normalize(coalesce(p_text, ''), NFKC), '([A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*)', 'g'
  ) found
  cross join lateral (select lower(translate(found[1], '-_', '')) as code) c
  where c.code ~ '[0-9]' and (c.code ~ '[a-z]' or char_length(c.code) >= 4) and char_length(c.code) between 2 and 60
$$;

comment on function public.kb_codes(text) is
  'The codes in a text, joined and in lower case (E-4012: e4012): letters with digits, or at least four digits. Any text is safe.';

revoke all on function public.kb_codes(text) from public, anon, authenticated, service_role;
grant execute on function public.kb_codes(text) to authenticated, service_role;

-- An article is cut into pieces anew. What stays as it was keeps its id, so that what is known of it (a vector) stays, too.

create or replace function public.kb_cut(p_article public.kb_articles, p_chunks jsonb) returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  questions constant tsvector := public.kb_tokens(array_to_string(p_article.questions, E'\n'));
begin
  if p_chunks is not null then
    delete from public.kb_chunks c
      where c.article_id = p_article.id
        and c.digest not in (select one ->> 'digest' from jsonb_array_elements(p_chunks) one);
    insert into public.kb_chunks (
      article_id, place, title_path, text, digest, tokens, title_tokens, question_tokens, codes
    )
      select distinct on (one ->> 'digest')
        p_article.id, place - 1, one ->> 'title_path', one ->> 'text', one ->> 'digest',
        public.kb_tokens(one ->> 'text'), public.kb_tokens(one ->> 'title_path'), questions,
        public.kb_codes((one ->> 'title_path') || E'\n' || (one ->> 'text'))
      from jsonb_array_elements(p_chunks) with ordinality d (one, place)
      order by one ->> 'digest', place
      on conflict (article_id, digest) do update
      set place = excluded.place;
  end if;
  update public.kb_chunks c set question_tokens = questions
    where c.article_id = p_article.id and c.question_tokens <> questions;
end
$$;

comment on function public.kb_cut(public.kb_articles, jsonb) is
  'For the service, inside other functions: an article''s pieces are these from now on, [{title_path, text, digest}]; null leaves them, but for its questions.';

revoke all on function public.kb_cut(public.kb_articles, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.kb_cut(public.kb_articles, jsonb) to service_role;

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
    when coalesce(article.slug, '') !~ '^[^[:space:]/?#%\\]{1,100}$' or article.slug in ('.', '..') then 'slug'
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

-- A name for an address that no other article of this language has: the wanted one, or with a number.

create or replace function public.kb_free_slug(p_slug text, p_locale text, p_but uuid default null) returns text
language sql
stable
security invoker
set search_path = ''
as $$
  select case when n = 1 then p_slug else left(p_slug, 94) || '-' || n end
  from generate_series(1, 6000) n
  where not exists (
    select from public.kb_articles a
    where a.locale = p_locale
      and a.slug = case when n = 1 then p_slug else left(p_slug, 94) || '-' || n end
      and a.id is distinct from p_but
  )
  order by n
  limit 1
$$;

comment on function public.kb_free_slug(text, text, uuid) is
  'For the service, inside other functions: p_slug, or p_slug-2 …, whichever no other article of this language has.';

revoke all on function public.kb_free_slug(text, text, uuid) from public, anon, authenticated, service_role;
grant execute on function public.kb_free_slug(text, text, uuid) to service_role;

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

-- The articles that there are, last changed first.

create or replace function public.inbox_articles(
  p_user_id uuid,
  p_filters jsonb default '{}',
  p_limit integer default 50,
  p_before_at timestamptz default null,
  p_before_id uuid default null
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  -- Each word, as it is looked for: blanks are not looked at.
  words constant text[] := array(
    select w from regexp_split_to_table(lower(normalize(coalesce(p_filters ->> 'q', ''), NFKC)), '\s+') w
    where w <> ''
    limit 10
  );
begin
  return jsonb_build_object('articles', (
    select coalesce(jsonb_agg(
      public.inbox_article_row(f) - 'body' || jsonb_build_object('excerpt', (
        select left(c.text, 160) from public.kb_chunks c where c.article_id = f.id order by c.place limit 1
      ))
      order by f.updated_at desc, f.id desc
    ), '[]')
    from (
      select a.* from public.kb_articles a
      where (p_before_at is null or (a.updated_at, a.id) < (p_before_at, p_before_id))
        and (p_filters ->> 'status' is null or a.status = p_filters ->> 'status')
        and (p_filters ->> 'locale' is null or a.locale = p_filters ->> 'locale')
        and (p_filters ->> 'audience' is null or a.audience = p_filters ->> 'audience')
        and (p_filters ->> 'source' is null or p_filters ->> 'source' = coalesce(
          (select s.kind from public.kb_sources s where s.article_id = a.id), 'hand'
        ))
        and (cardinality(words) = 0 or (
          select bool_and(position(w in h.text) > 0)
          from unnest(words) w
          cross join (
            select regexp_replace(
              lower(normalize(a.title || array_to_string(a.questions, ' ') || a.body, NFKC)), '\s+', '', 'g'
            ) as text
          ) h
        ))
      order by a.updated_at desc, a.id desc
      limit least(greatest(coalesce(p_limit, 50), 1), 200) + 1
    ) f
  ));
end
$$;

comment on function public.inbox_articles(uuid, jsonb, integer, timestamptz, uuid) is
  'For the service: {articles} by {q, status, locale, audience, source}, last changed first, before a place; one more than p_limit where there are more. Raises PT403.';

revoke all on function public.inbox_articles(uuid, jsonb, integer, timestamptz, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_articles(uuid, jsonb, integer, timestamptz, uuid) to service_role;

-- One article, as an operator asks for it.

create or replace function public.inbox_article(p_user_id uuid, p_id uuid) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  article public.kb_articles;
begin
  select * into article from public.kb_articles a where a.id = p_id;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  return jsonb_build_object('article', public.inbox_article_row(article));
end
$$;

comment on function public.inbox_article(uuid, uuid) is 'For the service: {article}. Raises PT403, PT404.';

revoke all on function public.inbox_article(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_article(uuid, uuid) to service_role;

-- An article as it was, newest first.

create or replace function public.inbox_article_versions(
  p_user_id uuid, p_id uuid, p_limit integer default 50, p_before integer default null
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
begin
  if not exists (select from public.kb_articles a where a.id = p_id) then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  return jsonb_build_object('versions', (
    select coalesce(jsonb_agg(
      to_jsonb(f) - array['article_id', 'pieces'] || jsonb_build_object('by', (
        select public.inbox_person(o) from public.chat_operators o where o.id = f.by
      ))
      order by f.version desc
    ), '[]')
    from (
      select v.* from public.kb_versions v
      where v.article_id = p_id and (p_before is null or v.version < p_before)
      order by v.version desc
      limit least(greatest(coalesce(p_limit, 50), 1), 200) + 1
    ) f
  ));
end
$$;

comment on function public.inbox_article_versions(uuid, uuid, integer, integer) is
  'For the service: {versions} of an article, newest first, before a version; one more than p_limit where there are more. Raises PT403, PT404.';

revoke all on function public.inbox_article_versions(uuid, uuid, integer, integer) from public, anon, authenticated, service_role;
grant execute on function public.inbox_article_versions(uuid, uuid, integer, integer) to service_role;

-- What would be found for a question, for operators who want to see why.

create or replace function public.inbox_find_articles(
  p_user_id uuid, p_question text, p_locale text default null, p_audience text default 'members', p_limit integer default 5
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
begin
  return jsonb_build_object('results', public.kb_find(p_question, p_locale, p_audience, p_limit));
end
$$;

comment on function public.inbox_find_articles(uuid, text, text, text, integer) is
  'For the service: {results} as kb_find answers them to this audience. Raises PT403.';

revoke all on function public.inbox_find_articles(uuid, text, text, text, integer) from public, anon, authenticated, service_role;
grant execute on function public.inbox_find_articles(uuid, text, text, text, integer) to service_role;

-- A question found nothing: the team reads it, and may write an article. Nobody can tell by it who has asked.

create or replace function public.kb_miss(p_question text, p_locale text) returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  kept constant integer := 5000;
  -- Mail addresses, and what may be the number of a telephone, an account or an order.
  said constant text := left(btrim(regexp_replace(regexp_replace(
    regexp_replace(normalize(coalesce(p_question, '')), '[[:cntrl:][:space:]]+', ' ', 'g'),
    '[^[:space:]@]{1,64}@[^[:space:]@]{1,255}', '…', 'g'
  ), '[0-9](?:[-. ]?[0-9]){6,}', '…', 'g')), 300);
  -- The same words are the same question, however they are set.
  digest constant text := md5(regexp_replace(lower(normalize(said, NFKC)), '[[:space:][:punct:]]+', '', 'g'));
begin
  if said !~ '[[:alnum:]]' or coalesce(p_locale, '') not in ('ko', 'en') then
    return;
  end if;
  insert into public.kb_misses as m (locale, key, question) values (p_locale, digest, said)
    on conflict (locale, key) do update
    set question = excluded.question,
      asked = least(m.asked + 1, 1000000),
      status = case when m.status = 'done' then 'open' else m.status end,
      last_asked_at = excluded.last_asked_at;
  delete from public.kb_misses m where m.last_asked_at < (
    select o.last_asked_at from public.kb_misses o order by o.last_asked_at desc offset kept limit 1
  );
end
$$;

comment on function public.kb_miss(text, text) is
  'For the service: counts a question that found nothing. E-mail addresses and long numbers in it are not kept.';

revoke all on function public.kb_miss(text, text) from public, anon, authenticated, service_role;
grant execute on function public.kb_miss(text, text) to service_role;

-- What people asked and nothing was found for, last asked first.

create or replace function public.inbox_misses(
  p_user_id uuid,
  p_status text default 'open',
  p_limit integer default 50,
  p_before_at timestamptz default null,
  p_before_id uuid default null
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
begin
  return jsonb_build_object('misses', (
    select coalesce(jsonb_agg(to_jsonb(f) - 'key' order by f.last_asked_at desc, f.id desc), '[]')
    from (
      select m.* from public.kb_misses m
      where m.status = p_status
        and (p_before_at is null or (m.last_asked_at, m.id) < (p_before_at, p_before_id))
      order by m.last_asked_at desc, m.id desc
      limit least(greatest(coalesce(p_limit, 50), 1), 200) + 1
    ) f
  ));
end
$$;

comment on function public.inbox_misses(uuid, text, integer, timestamptz, uuid) is
  'For the service: {misses} of a status, last asked first, before a place; one more than p_limit where there are more. Raises PT403.';

revoke all on function public.inbox_misses(uuid, text, integer, timestamptz, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_misses(uuid, text, integer, timestamptz, uuid) to service_role;

-- An admin is done with a question that found nothing, or wants it back.

create or replace function public.inbox_settle_miss(p_user_id uuid, p_id uuid, p_status text) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  miss public.kb_misses;
begin
  if coalesce(p_status, '') not in ('open', 'done', 'dismissed') then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'status';
  end if;
  update public.kb_misses m set status = p_status where m.id = p_id returning * into miss;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  return jsonb_build_object('miss', to_jsonb(miss) - 'key');
end
$$;

comment on function public.inbox_settle_miss(uuid, uuid, text) is
  'For the service: a question that found nothing is open, done or dismissed; answers {miss}. Admins only. Raises PT403, PT404, PT422.';

revoke all on function public.inbox_settle_miss(uuid, uuid, text) from public, anon, authenticated, service_role;
grant execute on function public.inbox_settle_miss(uuid, uuid, text) to service_role;

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

-- An article that everybody may read, by its name in addresses.

create or replace function public.kb_help_article(p_locale text, p_slug text) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'id', a.id,
    'slug', a.slug,
    'title', a.title,
    'locale', a.locale,
    'body', a.body,
    'version', a.version,
    'updated_at', a.updated_at
  )
  from public.kb_articles a
  where a.locale = p_locale and a.slug = p_slug and a.status = 'published' and a.audience = 'all'
$$;

comment on function public.kb_help_article(text, text) is
  'For the service: {id, slug, title, locale, body, version, updated_at} of an article that is published for all; null where there is none.';

revoke all on function public.kb_help_article(text, text) from public, anon, authenticated, service_role;
grant execute on function public.kb_help_article(text, text) to service_role;

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

-- An import goes on: some of its entries are taken over, and some places are told to be of no use. All or none of them.

create or replace function public.kb_import(
  p_import_id uuid, p_entries jsonb default '[]', p_refused jsonb default '[]', p_total integer default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  import public.kb_imports;
  entry jsonb;
  became jsonb;
begin
  -- As every writer of articles does.
  perform pg_advisory_xact_lock(hashtextextended('munui.articles', 0));
  select * into import from public.kb_imports i where i.id = p_import_id for no key update;
  -- Somebody has cancelled it, or another worker has finished it.
  if not found or import.state <> 'running' then
    return jsonb_build_object('is_wanted', false);
  end if;
  for entry in select * from jsonb_array_elements(p_entries) loop
    became := public.kb_import_one(import, entry, coalesce((import.settings ->> 'restore_deleted')::boolean, false));
    insert into public.kb_import_items as i (import_id, source, outcome, article_id, title)
      values (
        p_import_id, entry ->> 'source', became ->> 'outcome', (became ->> 'article_id')::uuid, became ->> 'title'
      )
      -- A worker that was lost had done it already: what it did is what is told.
      on conflict (import_id, source) do update
      set outcome = case when excluded.outcome = 'unchanged' and i.outcome <> 'refused' then i.outcome else excluded.outcome end,
        article_id = excluded.article_id,
        title = excluded.title,
        reason = null;
  end loop;
  insert into public.kb_import_items as i (import_id, source, outcome, reason)
    select distinct on (one ->> 'source') p_import_id, one ->> 'source', 'refused', one ->> 'reason'
    from jsonb_array_elements(p_refused) one
    on conflict (import_id, source) do nothing;
  update public.kb_imports i set total = coalesce(p_total, i.total) where i.id = p_import_id;
  return jsonb_build_object('is_wanted', true);
end
$$;

comment on function public.kb_import(uuid, jsonb, jsonb, integer) is
  'For the service: takes over entries of a running import and keeps what was refused [{source, reason}]; answers {is_wanted}: false where it is not running any more, and then nothing was done. Raises PT422.';

revoke all on function public.kb_import(uuid, jsonb, jsonb, integer) from public, anon, authenticated, service_role;
grant execute on function public.kb_import(uuid, jsonb, jsonb, integer) to service_role;

-- A worker begins an import, or begins it once more where another was lost in it.

create or replace function public.kb_begin_import(p_import_id uuid) returns jsonb
language sql
volatile
security invoker
set search_path = ''
as $$
  update public.kb_imports i set state = 'running'
    where i.id = p_import_id and i.state in ('waiting', 'running')
    returning jsonb_build_object(
      'id', i.id, 'kind', i.kind, 'source', i.source, 'settings', i.settings, 'entries', i.entries
    )
$$;

comment on function public.kb_begin_import(uuid) is
  'For the service: an import is running; answers {id, kind, source, settings, entries}, or null where nobody wants it any more.';

revoke all on function public.kb_begin_import(uuid) from public, anon, authenticated, service_role;
grant execute on function public.kb_begin_import(uuid) to service_role;

-- A worker has finished an import. What came from the same source earlier and was not in it is told; nothing is deleted.

create or replace function public.kb_end_import(
  p_import_id uuid, p_roots text[], p_is_complete boolean, p_error text default null
) returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  import public.kb_imports;
begin
  update public.kb_imports i
    set state = case when p_error is null then 'done' else 'failed' end,
      is_complete = p_is_complete,
      error = p_error,
      entries = null,
      finished_at = clock_timestamp()
    where i.id = p_import_id and i.state = 'running'
    returning * into import;
  if not found or p_error is not null or not p_is_complete then
    return;
  end if;
  insert into public.kb_import_items (import_id, source, outcome, article_id, title)
    select p_import_id, s.source, 'missing', a.id, a.title
    from public.kb_sources s
    join public.kb_articles a on a.id = s.article_id
    where s.kind = import.kind and s.root = any (p_roots)
    on conflict (import_id, source) do update
    -- A page that is not there any more was refused as such, and is an article still.
    set outcome = 'missing', article_id = excluded.article_id, title = excluded.title
    where kb_import_items.reason = 'not_found';
end
$$;

comment on function public.kb_end_import(uuid, text[], boolean, text) is
  'For the service: an import is done, or failed for a reason; articles of these roots that were not in it are told as missing, where all was looked at.';

revoke all on function public.kb_end_import(uuid, text[], boolean, text) from public, anon, authenticated, service_role;
grant execute on function public.kb_end_import(uuid, text[], boolean, text) to service_role;

-- An import as operators see it. One whose job was given up has failed, though nobody was left to say so.

create or replace function public.inbox_import_row(p_import public.kb_imports) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  is_lost constant boolean := p_import.state in ('waiting', 'running') and p_import.kind <> 'shipped' and not exists (
    select from public.chat_jobs j
    where j.kind = 'import_articles' and j.dedupe_key = p_import.id::text and j.state <> 'dead'
  );
begin
  return jsonb_build_object(
    'id', p_import.id,
    'kind', p_import.kind,
    'source', p_import.source,
    'state', case when is_lost then 'failed' else p_import.state end,
    'error', case when is_lost then 'lost' else p_import.error end,
    'total', p_import.total,
    'is_complete', p_import.is_complete,
    'done', (
      select count(*) from public.kb_import_items i where i.import_id = p_import.id and i.outcome <> 'missing'
    ),
    'counts', (
      select jsonb_object_agg(o, (
        select count(*) from public.kb_import_items i where i.import_id = p_import.id and i.outcome = o
      ))
      from unnest(array['added', 'changed', 'unchanged', 'kept', 'removed', 'missing', 'refused']) o
    ),
    'created_at', p_import.created_at,
    'finished_at', p_import.finished_at,
    'created_by', (select public.inbox_person(o) from public.chat_operators o where o.id = p_import.created_by)
  );
end
$$;

comment on function public.inbox_import_row(public.kb_imports) is
  'For the service, inside other functions: an import with its counts, without its items.';

revoke all on function public.inbox_import_row(public.kb_imports) from public, anon, authenticated, service_role;
grant execute on function public.inbox_import_row(public.kb_imports) to service_role;

-- An admin asks for an import; a job does it.

create or replace function public.inbox_start_import(
  p_user_id uuid, p_kind text, p_source text, p_settings jsonb, p_entries jsonb default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  import public.kb_imports;
begin
  delete from public.kb_imports i where i.finished_at < now() - interval '90 days';
  insert into public.kb_imports (kind, source, settings, entries, total, created_by)
    values (p_kind, p_source, p_settings, p_entries, jsonb_array_length(p_entries), operator.id)
    returning * into import;
  perform public.jobs_add(
    'import_articles', jsonb_build_object('import_id', import.id), import.id::text, null, 'import_articles', null, 3
  );
  perform public.inbox_tell_setting(
    operator, 'import', import.id, left(p_source, 200), null,
    jsonb_build_object('kind', p_kind) || p_settings
  );
  return jsonb_build_object('import', public.inbox_import_row(import) || '{"items": []}');
end
$$;

comment on function public.inbox_start_import(uuid, text, text, jsonb, jsonb) is
  'For the service: asks for an import, of entries that were read or of pages; answers {import}. Admins only. Raises PT403.';

revoke all on function public.inbox_start_import(uuid, text, text, jsonb, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.inbox_start_import(uuid, text, text, jsonb, jsonb) to service_role;

-- How an import goes, with what became of each file, row or page.

create or replace function public.inbox_import(p_user_id uuid, p_id uuid) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  import public.kb_imports;
begin
  select * into import from public.kb_imports i where i.id = p_id;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  return jsonb_build_object('import', public.inbox_import_row(import) || jsonb_build_object('items', (
    select coalesce(jsonb_agg(
      to_jsonb(i) - array['import_id', 'created_at'] order by i.created_at, i.source
    ), '[]')
    from public.kb_import_items i where i.import_id = p_id
  )));
end
$$;

comment on function public.inbox_import(uuid, uuid) is 'For the service: {import} with its items. Raises PT403, PT404.';

revoke all on function public.inbox_import(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_import(uuid, uuid) to service_role;

-- The imports of the last time, newest first.

create or replace function public.inbox_imports(
  p_user_id uuid, p_limit integer default 50, p_before_at timestamptz default null, p_before_id uuid default null
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
begin
  return jsonb_build_object('imports', (
    select coalesce(jsonb_agg(public.inbox_import_row(f) order by f.created_at desc, f.id desc), '[]')
    from (
      select i.* from public.kb_imports i
      where p_before_at is null or (i.created_at, i.id) < (p_before_at, p_before_id)
      order by i.created_at desc, i.id desc
      limit least(greatest(coalesce(p_limit, 50), 1), 200) + 1
    ) f
  ));
end
$$;

comment on function public.inbox_imports(uuid, integer, timestamptz, uuid) is
  'For the service: {imports}, newest first, before a place; one more than p_limit where there are more. Raises PT403.';

revoke all on function public.inbox_imports(uuid, integer, timestamptz, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_imports(uuid, integer, timestamptz, uuid) to service_role;

-- An admin wants no more of an import. What it has taken over stays.

create or replace function public.inbox_cancel_import(p_user_id uuid, p_id uuid) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
begin
  update public.kb_imports i set state = 'cancelled', entries = null, finished_at = clock_timestamp()
    where i.id = p_id and i.state in ('waiting', 'running');
  return public.inbox_import(p_user_id, p_id);
end
$$;

comment on function public.inbox_cancel_import(uuid, uuid) is
  'For the service: stops an import that is not finished; answers {import}. Admins only. Raises PT403, PT404.';

revoke all on function public.inbox_cancel_import(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_cancel_import(uuid, uuid) to service_role;

-- The articles that are brought along are taken over: an import that nobody of the team asked for, done by who starts it.

create or replace function public.kb_start_shipped(p_source text) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  import public.kb_imports;
begin
  delete from public.kb_imports i where i.kind = 'shipped';
  insert into public.kb_imports (kind, source, state) values ('shipped', p_source, 'running') returning * into import;
  return jsonb_build_object('id', import.id);
end
$$;

comment on function public.kb_start_shipped(text) is
  'For the service: begins the import of what is brought along, in place of the last one; answers {id}.';

revoke all on function public.kb_start_shipped(text) from public, anon, authenticated, service_role;
grant execute on function public.kb_start_shipped(text) to service_role;
