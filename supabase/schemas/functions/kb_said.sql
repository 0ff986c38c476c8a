-- What versions of articles said to everybody: a guest's browser names them, and their words are the database's. Nothing is
-- told of an article that is not published for all any more.

create or replace function public.kb_said(p_sources jsonb) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select coalesce(jsonb_agg(said.answer order by s.place), '[]')
  from jsonb_array_elements(p_sources) with ordinality s (value, place)
  left join lateral (
    select jsonb_build_object(
      'text', p.value -> 'text',
      'sources', jsonb_build_array(jsonb_build_object(
        'articleId', v.article_id,
        'version', v.version,
        'place', p.value -> 'place',
        -- One that is not there any more is none of those that are.
        'chunkId', coalesce(
          (select c.id::text from public.kb_chunks c where c.article_id = v.article_id and c.text = p.value ->> 'text' limit 1),
          format('%s/%s/%s', v.article_id, v.version, p.value ->> 'place')
        ),
        'slug', a.slug,
        'title', v.title,
        'locale', v.locale
      ))
    ) as answer
    from public.kb_versions v
    join public.kb_articles a on a.id = v.article_id and a.status = 'published' and a.audience = 'all'
    cross join lateral jsonb_array_elements(v.pieces) p (value)
    where v.article_id = (s.value ->> 'article_id')::uuid
      and v.version = (s.value ->> 'version')::integer
      and v.status = 'published'
      and v.audience = 'all'
      and (p.value ->> 'place')::integer = (s.value ->> 'place')::integer
    limit 1
  ) said on true
$$;

comment on function public.kb_said(jsonb) is
  'For the service: of sources [{article_id, version, place}] {text, sources} each, null for what was not said to all or is withdrawn.';

revoke all on function public.kb_said(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.kb_said(jsonb) to service_role;
