-- What finds a piece of an article for a question: how both are taken apart, how they are compared, when it may be the answer.

-- English words are told apart by what they mean, not by their endings.

create or replace function public.kb_stem(p_token text) returns text
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  select case
    when p_token ~ '^[a-z]+$' then coalesce(
      -- No lexeme: a word such as "the", which says nothing.
      (pg_catalog.ts_lexize('pg_catalog.english_stem', p_token))[1], ''
    )
    else coalesce(p_token, '')
  end collate "C"
$$;

comment on function public.kb_stem(text) is
  'For retrieval, inside other functions: an English word''s stem, empty for one that says nothing; every other token as it is.';

revoke all on function public.kb_stem(text) from public, anon, authenticated, service_role;
grant execute on function public.kb_stem(text) to authenticated, service_role;

-- Words that every question has, whatever it is about: asking, pointing, being polite. (English ones that the stemmer's own
-- list of stop words does not have.)

create or replace function public.kb_common_words() returns text[]
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  select string_to_array(regexp_replace(btrim('
    가 가능 간 갈 감사 같 같아 같은 거 거기 거예 건 건가 걸 걸려 걸리 것 것도 게 경우 계속 궁금 궁금하옵 궁금한 궁금합 그 그거 그건 그게 그냥 그대로 그래서 그러면 그런 그런데 그럴 그럼
    그렇게 그리고 근데 나 나서 나오 나와 내 너 너무 누가 누구 다 다시 답 대해 더 데 되 되게 됩 두 뒤 드 들 등 때 때문 또 또는 뜻 많이 말 말씀 맞 맞죠 매우 먼저 며칠 몇 몇일 모두
    모르 못 무슨 무엇 문의 뭐 뭐가 뭐라 뭐뭐 뭔 뭔가 뭘 및 바로 방법 보 볼 봐 부탁 부탁드려 부탁드립 설명 수 수가 수는 수도 싶 싶습 싶어 싶은 써 쓰 쓸 아까 아니 아니면 아직 안 안녕
    안녕하 알 알고 알려 어 어디 어떡 어떤 어떻 어떻게 어케 언제 얼마 없 없나 없는 없어 여기 여쭙 여쭤 여쭤봐 오 오늘 온 올 와 완전 왜 우리 원래 위해 의미 이 이거 이건 이게 이런 이럴
    이렇게 이미 있 있나 있는 있습 있어 있으 있을 자세히 저 저거 저건 저기 저는 저런 저희 적 전 전부 정도 정말 제 제가 조금 좀 주 주시 준 줄 중 지금 직접 진짜 질문 처음 필요 필요한 하
    하나 한 함 합 해결 해결법 혹시 확인 후
    cant could does doesnt dont get got hello hi know may mean might much must need please say shall tell thanks
    us want wont would
  '), '\s+', ' ', 'g'), ' ')
$$;

comment on function public.kb_common_words() is
  'For retrieval, inside other functions: stems of Korean words, and English words, that say nothing of what a question is about.';

revoke all on function public.kb_common_words() from public, anon, authenticated, service_role;
grant execute on function public.kb_common_words() to authenticated, service_role;

-- Pairs of syllables of the same kind, for words that the list of endings does not cut: 수있나, 하려면.

create or replace function public.kb_common_pairs() returns text[]
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  select string_to_array(regexp_replace(btrim('
    가능 가요 감사 거든 거를 거예 건가 것은 것을 것이 경우 고싶 고요 관련 군요 궁금 그거 그건 그게 그냥 그런 금해 까요 까지 나와 나요 네요 녕하 는데 는지 능한 능해 니까 니다 다고 대요
    대한 대해 던데 데요 도돼 도되 돼요 되나 되는 되면 될까 될수 드려 드립 디서 디에 때문 떻게 뜻이 라고 래요 려면 려요 려주 려줘 립니 마나 많이 면요 무슨 무엇 문에 뭐가 뭐예 뭔가 방법
    부탁 부터 사합 서요 세요 수가 수도 수있 습니 시나 시는 시면 실수 싶어 싶은 아도 아요 안녕 알려 았는 았어 야되 야하 어도 어디 어떤 어떻 어요 언제 얼마 없는 었는 었어 에게 에서 에요
    여쭙 여쭤 예요 위해 으로 으면 은데 을까 이거 이건 이게 이나 이라 이란 이런 이에 이요 인가 인데 있나 있는 있어 있을 저거 저건 저는 저런 저희 정말 제가 제까 조금 주나 주는 주면 주세
    주시 주실 줄수 지금 지요 진짜 탁드 통해 하고 하나 하는 하려 하면 하세 하지 한데 한테 할까 할수 합니 해도 해서 해야 해요 해줘 했는 했어 혹시
  '), '\s+', ' ', 'g'), ' ')
$$;

comment on function public.kb_common_pairs() is
  'For retrieval, inside other functions: bigrams of Korean endings and auxiliaries, which say little.';

revoke all on function public.kb_common_pairs() from public, anon, authenticated, service_role;
grant execute on function public.kb_common_pairs() to authenticated, service_role;

-- What remains of a Korean word without particles and endings, at least two syllables. A list, no grammar: one cut too few
-- or too many costs little, as pairs of syllables are compared. Dialects and slips are left alone.

create or replace function public.kb_korean_stem(p_word text) returns text
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  with cut (ending, particle) as (
    select
      '^(..+?)(?:' ||
      '이었는데|주시나요|주시는지|주실래요|하려고요|하시나요|하십니까|했는데요|거든요|는데요|는지요|돼나요|됐나요|됐는데|됐어요|되나요|되는지|될까요|드려도|려고요|습니까|습니다|' ||
      '시나요|았나요|았는데|았어요|었나요|었는데|었어요|으려고|을까요|이라서|이에요|인가요|인데요|입니까|입니다|주나요|주세요|주시면|줄래요|하나요|하는지|하다가|하려고|하려면|' ||
      '하면은|하시는|한다고|할게요|할까요|할래요|합니까|합니다|했나요|했는데|했는디|했어요|거든|고요|군요|까요|나요|네요|는데|는지|던데|돼요|되냐|되는|되면|되요|려고|려면|세요|' ||
      '시면|아도|아서|아야|아요|어도|어서|어야|어요|에여|에요|여요|예요|으면|은데|은지|을까|을지|이야|인데|인지|주냐|주실|줘요|지요|하게|하고|하기|하는|하려|하면|하자|하지|' ||
      '해도|해서|해야|해요|고|기|니|다|던|돼|됐|되|된|될|러|며|면|야|음|자|죠|줘|지|한|할|함|해|했'
      || ')$',
      '^(..+?)(?:' ||
      '에서부터|으로부터|까지는|까지도|부터는|에게는|에서는|에서도|으로는|이라고|이라는|이라도|한테는|까지|께서|라고|라는|라도|마다|밖에|보다|부터|에게|에서|으로|이나|이란|이랑|' ||
      '처럼|하고|한테|가|과|께|나|는|도|랑|로|를|만|에|와|요|은|을|의|이'
      || ')$'
  )
  -- Twice each: 주문하려면은, 확인까지도.
  select regexp_replace(regexp_replace(regexp_replace(regexp_replace(
    p_word, cut.ending, '\1'), cut.particle, '\1'), cut.ending, '\1'), cut.particle, '\1')
  from cut
$$;

comment on function public.kb_korean_stem(text) is
  'For retrieval, inside other functions: a Korean word without particles and endings; at least its first two syllables.';

revoke all on function public.kb_korean_stem(text) from public, anon, authenticated, service_role;
grant execute on function public.kb_korean_stem(text) to authenticated, service_role;

-- A question, taken apart: which tokens to look for, and how much each says. What the words of a language do for every
-- question (ask, point, be polite) says little; endings and particles say less than stems. Stands for itself: knows no article.

create or replace function public.kb_asked(p_question text)
returns table (word integer, token text, share real, role text)
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  with runs as materialized (
    select r.number::integer as word, r.run[1] as run, r.run[1] ~ '^[가-힣]' as is_hangul
    from (select lower(normalize(right(coalesce(p_question, ''), 1000), NFKC)) as text) folded,
      regexp_matches(
        folded.text,
        '[가-힣]+|[a-z0-9\u00C0-\u024F\u0370-\u10FF\u3041-\u30FF\u3400-\u9FFF]+'
          '(?:[-_./:,@+#&''\u2019][a-z0-9\u00C0-\u024F\u0370-\u10FF\u3041-\u30FF\u3400-\u9FFF]+)*',
        'g'
      ) with ordinality r (run, number)
  ), korean as materialized (
    select r.word, r.run, s.stem,
      -- A word of one syllable, or one that every question has.
      char_length(r.run) = 1 or s.stem = any (public.kb_common_words()) or r.run = any (public.kb_common_words()) as is_common,
      -- The word before, where it stands beside it.
      case when lag(r.is_hangul) over (order by r.word) then lag(r.run) over (order by r.word) end as former
    from runs r, lateral (select public.kb_korean_stem(r.run) as stem) s
    where r.is_hangul
  ), told as (
    select k.word, substr(k.run, i, 2) as token,
      case
        when k.is_common then 0.1
        when i >= char_length(k.stem) then 0.15
        when substr(k.run, i, 2) = any (public.kb_common_pairs()) then 0.2
        -- A word's first pair says most; what comes later may be an ending that no list has. Not where words are written
        -- in one.
        when i > 1 and char_length(k.stem) <= 4 then 0.5
        else 1
      end as share,
      case when k.is_common then 'common' when i >= char_length(k.stem) then 'ending' else 'word' end as role
    from korean k, generate_series(1, char_length(k.run) - 1) i
    union all
    -- A noun of one syllable is told by its neighbour: 울 코트.
    select k.word, right(k.former, 1) || left(k.run, 1), 0.5, 'joined'
    from korean k
    where char_length(k.former) = 1 or char_length(k.stem) = 1
    union all
    select r.word, t.token,
      case
        when t.token <> t.whole then 0.3
        -- An error's code, a model, a telephone number: that is what the question is about.
        when t.is_code and (t.token ~ '^0' or t.token ~ '[a-z]') then 3
        else 1
      end,
      case when t.token <> t.whole then 'ending' when t.is_code then 'code' else 'word' end
    from runs r, lateral (
      select b.token, w.whole, w.whole ~ '[a-z]' or char_length(w.whole) >= 4 as is_code
      from (select regexp_replace(r.run, '[-_./:,@+#&''\u2019]', '', 'g')) w (whole),
        unnest(public.bigrams(r.run)) b (token)
      where b.token = w.whole or b.token !~ '^[a-z]+$'
    ) t
    where not r.is_hangul and r.run ~ '[0-9]'
    union all
    select r.word, public.kb_stem(b.token), 1.2, 'word'
    from runs r, unnest(public.bigrams(r.run)) b (token)
    where not r.is_hangul and r.run !~ '[0-9]' and not b.token = any (public.kb_common_words())
  )
  select t.word, t.token collate "C", max(t.share)::real, min(t.role)
  from told t
  where t.token <> ''
  group by t.word, t.token, t.role
$$;

comment on function public.kb_asked(text) is
  'For retrieval, inside other functions: the tokens of a question (its last 1,000 characters): in which word, what share of its rarity it counts with, and its role: word, code, joined, ending or common.';

revoke all on function public.kb_asked(text) from public, anon, authenticated, service_role;
grant execute on function public.kb_asked(text) to authenticated, service_role;

-- How well each piece of an article answers a question, by its words alone. Rarity is counted among published articles for
-- all, so that no score tells what a draft or an article for members says.

create or replace function public.kb_ranked(
  p_question text, p_locale text, p_audience text default null, p_least real default 0.62
) returns table (
  rank bigint, rank_in_article bigint, chunk_id uuid, article_id uuid, score real, coverage real, may_answer boolean
)
language sql
stable
security invoker
set search_path = ''
as $$
  with asked as materialized (
    select * from public.kb_asked(p_question)
  ), readable as materialized (
    select a.id, a.audience, a.locale
    from public.kb_articles a
    where a.status = 'published' and (a.audience = 'all' or p_audience is distinct from 'all')
  ), held as materialized (
    select t.token, t.chunk_id, t.article_id, t.places, r.audience, r.locale
    from public.kb_terms t
    join readable r on r.id = t.article_id
    where t.token = any (array(select distinct a.token from asked a))
  ), weighed as materialized (
    select a.word, a.token, a.role, a.share, coalesce(seen.articles, 0) as articles,
      a.share * ln(1 + total.articles / (0.5 + coalesce(seen.articles, 0))) as weight
    from asked a
    cross join (select count(*) as articles from readable r where r.audience = 'all') total
    left join (
      select h.token, count(distinct h.article_id) as articles from held h where h.audience = 'all' group by h.token
    ) seen on seen.token = a.token
    -- Two words that stand together nowhere are no word.
    where a.role <> 'joined' or seen.articles > 0
  ), tokens as materialized (
    select w.token, max(w.weight) as weight, sum(max(w.weight)) over () as total
    from weighed w
    group by w.token
  ), covered as (
    select h.chunk_id, h.article_id, h.locale,
      sum(k.weight / nullif(k.total, 0)) as coverage,
      sum(k.weight / nullif(k.total, 0) * case when h.places & 2 > 0 then 1.25 when h.places & 1 > 0 then 1 else 0.9 end)
        + case when h.locale = p_locale then 0.06 else 0 end as score
    from held h
    join tokens k on k.token = h.token
    group by h.chunk_id, h.article_id, h.locale
    -- Enough for every use; what comes after is told by its endings alone.
    order by score desc, h.chunk_id
    limit 200
  ), asking as (
    select count(distinct w.word) filter (where w.role in ('word', 'code')) as words,
      bool_or(w.role = 'code') is true as has_code,
      -- It points at what was said before.
      lower(normalize(right(p_question, 1000), NFKC)) ~
        '(^|\s)(그거|그건|그게|그걸|이거|이건|이게|이걸|저거|저건|거기|아까|그럼)|\m(it|that|this|those|these|they|them|there)\M' as points
    from weighed w
  ), words as (
    select c.chunk_id,
      coalesce(sum(w.weight) filter (where h.token is not null), 0) < 0.5 * sum(w.weight)
        and bool_or(w.articles = 0 and w.share >= 1) as is_unheard_of,
      bool_or(w.role = 'code' and h.token is null) as is_other_code
    from covered c
    cross join weighed w
    left join held h on h.token = w.token and h.chunk_id = c.chunk_id
    where c.coverage >= p_least and c.locale = p_locale and w.role in ('word', 'code')
    group by c.chunk_id, w.word
  ), whole as (
    -- Nothing that it asks about is in no article at all; and a code is found whole or not at all.
    select w.chunk_id
    from words w
    group by w.chunk_id
    having not bool_or(w.is_unheard_of or w.is_other_code)
  ), ordered as (
    -- Of two that hold as much the shorter one says more of it.
    select c.*, row_number() over (
      order by round(c.score::numeric, 6) desc, char_length(k.text), k.title_path, k.place, k.id
    ) as rank
    from covered c
    join public.kb_chunks k on k.id = c.chunk_id
  ), ranked as (
    select o.*, row_number() over (partition by o.article_id order by o.rank) as rank_in_article
    from ordered o
  )
  select r.rank, r.rank_in_article, r.chunk_id, r.article_id, r.score::real, r.coverage::real,
    r.rank = 1
      and r.chunk_id in (select w.chunk_id from whole w)
      and (a.has_code or not a.points or a.words > 2)
      -- Nothing is the answer as long as another article says as much of it.
      and not exists (select from ranked o where o.article_id <> r.article_id and o.score > r.score - 0.02)
  from ranked r
  cross join asking a
$$;

comment on function public.kb_ranked(text, text, text, real) is
  'For retrieval, inside other functions: pieces of published articles that hold something of a question: score, the share of the question that is covered (0 to 1), and whether the piece may be the answer, as none but the best can; p_least is the share that it covers for it. p_audience all: nothing that is for members.';

revoke all on function public.kb_ranked(text, text, text, real) from public, anon, authenticated, service_role;
grant execute on function public.kb_ranked(text, text, text, real) to authenticated, service_role;

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

-- What the knowledge holds for a question. Row level security decides what is seen: a member's own rights, or for a guest
-- what the service narrows to. Whether the best piece may be shown as the answer is decided here, once for everybody.

create or replace function public.kb_find(
  p_question text, p_locale text, p_audience text default null, p_limit integer default 5
) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  with best as (
    select r.*
    from public.kb_ranked(p_question, p_locale, p_audience) r
    -- Of one article two, that others are heard, too.
    where r.rank_in_article <= 2
    order by r.rank
    limit least(greatest(coalesce(p_limit, 5), 1), 20)
  )
  select coalesce(jsonb_agg(public.kb_found(b.chunk_id, b.score, b.coverage, b.may_answer) order by b.rank), '[]')
  from best b
$$;

comment on function public.kb_find(text, text, text, integer) is
  'The pieces of published articles that hold most of a question, best first, at most 20: [{chunkId, articleId, slug, version, title, titlePath, text, place, locale, score, coverage, answerable}]. answerable: this one, the best, may be shown as the answer. p_audience all: nothing that is for members.';

revoke all on function public.kb_find(text, text, text, integer) from public, anon, authenticated, service_role;
grant execute on function public.kb_find(text, text, text, integer) to authenticated, service_role;

-- A piece of an article is found by its tokens from the moment on it is written.

create or replace function private.keep_terms() returns trigger
language plpgsql
-- Nobody may write what is looked up, so this runs as its owner. Nobody can call it, and it says of a piece what it holds.
security definer
set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' then
    delete from public.kb_terms t where t.chunk_id = new.id;
  end if;
  insert into public.kb_terms (token, chunk_id, article_id, places)
    select public.kb_stem(held.token), new.id, new.article_id, bit_or(held.place)
    from (
      select unnest(tsvector_to_array(new.tokens)), 1
      union all
      select unnest(tsvector_to_array(new.title_tokens)), 2
      union all
      select unnest(tsvector_to_array(new.question_tokens)), 4
    ) held (token, place)
    where public.kb_stem(held.token) <> ''
    group by 1;
  return null;
end
$$;

comment on function private.keep_terms() is
  'Trigger: keeps kb_terms of a piece of an article as the piece is.';

revoke all on function private.keep_terms() from public, anon, authenticated, service_role;
