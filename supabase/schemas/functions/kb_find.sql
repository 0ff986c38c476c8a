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
