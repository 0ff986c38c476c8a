-- Questions that nobody will come back for: their job was tried as often as a job is, or given up by an admin. Whoever asked
-- is still told that an answer is being looked for.

create or replace function public.kb_stranded(p_seconds integer, p_limit integer default 100) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object('answers', coalesce(jsonb_agg(s.id order by s.created_at, s.id), '[]'))
  from (
    select k.id, k.created_at
    from public.kb_answers k
    where k.outcome is null
      and k.created_at < clock_timestamp() - make_interval(secs => p_seconds)
      and not exists (
        select from public.chat_jobs j
        where j.kind = 'answer' and j.dedupe_key = k.question_message_id::text and j.state <> 'dead'
      )
    order by k.created_at, k.id
    limit least(greatest(p_limit, 1), 1000)
  ) s
$$;

comment on function public.kb_stranded(integer, integer) is
  'For the service: questions older than so many seconds that wait for an answer and have no job that may bring one, at most p_limit, {answers: [id]}.';

revoke all on function public.kb_stranded(integer, integer) from public, anon, authenticated, service_role;
grant execute on function public.kb_stranded(integer, integer) to service_role;
