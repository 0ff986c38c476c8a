-- Which piece of an article stands for it, and what does not count as said: two syllables of two words, and an English word
-- that is said in passing.

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
    select w.token, max(w.weight) as weight, sum(max(w.weight)) over () as total,
      bool_or(w.role in ('word', 'code') and w.share >= 0.5) as is_asked,
      -- One pair that is a whole word.
      bool_and(w.role = 'word' and w.pairs = 1) and w.token ~ '^[가-힣]{2}$' as is_pair
    from (
      select w.*, count(*) filter (where w.role in ('word', 'code')) over (partition by w.word) as pairs from weighed w
    ) w
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
  ), pieces as materialized (
    select c.*, k.place, k.title_path, k.text
    from covered c
    join public.kb_chunks k on k.id = c.chunk_id
  ), read as (
    -- What may be the answer is looked at closely. `own`: what the piece says itself, in its text or in the heading that no
    -- other piece has.
    select c.chunk_id,
      coalesce(sum(s.share) filter (where s.is_torn), 0) as lost,
      coalesce(sum(s.share) filter (where t.is_asked and not s.is_torn and (h.places & 1 > 0 or s.is_headed)), 0) as own,
      array_agg(h.token) filter (where s.is_torn) as torn
    from pieces c
    join held h on h.chunk_id = c.chunk_id
    join tokens t on t.token = h.token
    cross join lateral (
      select t.weight / nullif(t.total, 0) as share,
        -- Two syllables that meet where one word ends and the next one begins are not that word.
        t.is_pair and h.places & 4 = 0 and position(h.token in c.title_path || E'\n' || c.text) = 0 as is_torn,
        c.title_path like '% > %' and position(h.token in lower(split_part(c.title_path, ' > ', -1))) > 0 as is_headed
    ) s
    where c.coverage >= p_least
    group by c.chunk_id
  ), near as materialized (
    select p.*, p.best - p.score < 0.05 as is_near
    from (
      select p.chunk_id, p.article_id, p.locale, p.place, p.title_path, p.text, char_length(p.text) as length,
        r.torn, coalesce(r.own, 0) as own,
        p.coverage - coalesce(r.lost, 0) as coverage,
        p.score - coalesce(r.lost, 0) as score,
        max(p.score - coalesce(r.lost, 0)) over (partition by p.article_id) as best
      from pieces p
      left join read r on r.chunk_id = p.chunk_id
    ) p
  ), asking as (
    select count(distinct w.word) filter (where w.role in ('word', 'code')) as words,
      max(w.weight) filter (where w.role = 'word' and w.share >= 1 and w.articles > 0) as rarest,
      bool_or(w.role = 'code') is true as has_code,
      bool_or(w.role in ('word', 'code') and w.share >= 0.5) is true as says_something,
      -- It points at what was said before.
      lower(normalize(right(p_question, 1000), NFKC)) ~
        '(^|\s)(그거|그건|그게|그걸|이거|이건|이게|이걸|저거|저건|거기|아까|그럼)|\m(it|that|this|those|these|they|them|there)\M' as points
    from weighed w
  ), words as (
    select c.chunk_id,
      coalesce(sum(w.weight) filter (where h.token is not null), 0) < 0.5 * sum(w.weight)
        and bool_or(w.articles = 0 and w.share >= 1) as is_unheard_of,
      coalesce(sum(w.weight) filter (where h.token is not null), 0) < 0.5 * sum(w.weight)
        and bool_or(w.share >= 1 and w.weight >= a.rarest) as is_elsewhere,
      bool_or(w.share >= 1 and h.places & 6 > 0) as is_named,
      bool_or(w.role = 'code' and h.token is null) as is_other_code,
      bool_or(w.token = any (c.torn)) is true as is_torn,
      -- A single English word that is said in passing is another thing's: what we store is no store.
      bool_or(
        c.locale <> 'en' or a.words > 1 or h.places & 6 > 0 or w.token !~ '^[a-z]+$'
          or regexp_count(c.text, '\m' || w.token, 1, 'i') > 1
      ) or count(*) > 1 as is_about
    from near c
    cross join weighed w
    cross join asking a
    left join held h on h.token = w.token and h.chunk_id = c.chunk_id
    where c.coverage >= p_least and c.locale = p_locale and w.role in ('word', 'code')
    group by c.chunk_id, w.word
  ), whole as (
    -- Nothing that it asks about is in no article at all; a code is found whole or not at all; the piece is about something
    -- of it; and what it asks about most is not elsewhere, unless the piece goes by a name that it asks for.
    select w.chunk_id
    from words w
    group by w.chunk_id
    having not bool_or(w.is_unheard_of or w.is_other_code or w.is_torn)
      and bool_or(w.is_about)
      and (bool_or(w.is_named) or not bool_or(w.is_elsewhere))
  ), ordered as (
    -- Of an article's pieces that hold about as much, the one that says it itself stands for it, and the first of those;
    -- where none does, the shortest. Of two articles that hold as much, the shorter one says more of it.
    select n.*, row_number() over (
      order by round(n.score::numeric, 6) desc, n.shortest, n.title_path, n.article_id,
        round(n.own::numeric, 4) desc, case when n.own > 0 then n.place end, n.length, n.place, n.chunk_id
    ) as rank
    from (
      select n.chunk_id, n.article_id, n.coverage, n.own, n.place, n.length,
        case when n.is_near then n.best else n.score end as score,
        case when n.is_near then min(n.length) filter (where n.is_near) over of_article else n.length end as shortest,
        case when n.is_near then min(n.title_path) filter (where n.is_near) over of_article else n.title_path end
          as title_path
      from near n
      window of_article as (partition by n.article_id)
    ) n
  ), ranked as (
    select o.*, row_number() over (partition by o.article_id order by o.rank) as rank_in_article
    from ordered o
  )
  select r.rank, r.rank_in_article, r.chunk_id, r.article_id, r.score::real, r.coverage::real,
    r.rank = 1
      and r.chunk_id in (select w.chunk_id from whole w)
      and a.says_something
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
