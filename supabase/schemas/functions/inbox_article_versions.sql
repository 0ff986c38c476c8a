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
