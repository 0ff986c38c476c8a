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
  with ranked as (
    select r.*,
      row_number() over (order by r.score desc, r.coverage desc, r.chunk_id) as rank,
      row_number() over (partition by r.article_id order by r.score desc, r.coverage desc, r.chunk_id) as rank_in_article
    from public.kb_ranked(p_question, p_locale, p_audience) r
  ), best as (
    select r.*,
      -- Nothing is the answer as long as another article says as much of it.
      r.may_answer and r.rank = 1 and not exists (
        select from ranked o where o.article_id <> r.article_id and o.score > r.score - 0.02
      ) as answerable
    from ranked r
    -- Of one article two, that others are heard, too.
    where r.rank_in_article <= 2
    order by r.rank
    limit least(greatest(coalesce(p_limit, 5), 1), 20)
  )
  select coalesce(jsonb_agg(public.kb_found(b.chunk_id, b.score, b.coverage, b.answerable) order by b.rank), '[]')
  from best b
$$;

comment on function public.kb_find(text, text, text, integer) is
  'The pieces of published articles that hold most of a question, best first, at most 20: [{chunkId, articleId, slug, version, title, titlePath, text, place, locale, score, coverage, answerable}]. answerable: this one, the best, may be shown as the answer. p_audience all: nothing that is for members.';

revoke all on function public.kb_find(text, text, text, integer) from public, anon, authenticated, service_role;
grant execute on function public.kb_find(text, text, text, integer) to authenticated, service_role;
