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
