-- Whether what the answers among turns stand on is still there for whom they are for; and it stays so until the transaction
-- ends. A piece of an article never changes: it is there or not.

create or replace function public.kb_hold(p_user_id uuid, p_turns jsonb) returns boolean
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  -- In one order, whoever holds several.
  perform from public.kb_articles a
    where a.id in (
      select (s.value ->> 'articleId')::uuid from jsonb_path_query(p_turns, '$[*].knowledge.sources[*]') s (value)
    )
    order by a.id
    for share;
  return not exists (
    select from jsonb_path_query(p_turns, '$[*].knowledge.sources[*]') s (value)
    where not exists (
      select from public.kb_articles a
      join public.kb_chunks c on c.article_id = a.id
      where a.id = (s.value ->> 'articleId')::uuid
        and c.id = (s.value ->> 'chunkId')::uuid
        and a.status = 'published'
        and (
          a.audience = 'all'
          or exists (select from public.chat_contacts o where o.id = p_user_id and not o.is_guest)
        )
    )
  );
end
$$;

comment on function public.kb_hold(uuid, jsonb) is
  'For the service, inside other functions: whether what answers stand on may still be said to somebody; holds it.';

revoke all on function public.kb_hold(uuid, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.kb_hold(uuid, jsonb) to service_role;
