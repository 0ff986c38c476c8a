-- A page of the caller's conversations, latest activity first: 201 at most, one more than the largest page shows.

create or replace function public.chat_list(
  p_limit integer default 50,
  p_before_at timestamptz default null,
  p_before_id uuid default null
) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(page) order by page.last_message_at desc, page.id desc), '[]')
  from (
    select s.*
    from public.chat_conversation_summaries s
    where s.user_id = (select auth.uid())
      and s.client_conversation_id is not null
      and (
        p_before_at is null
        or (s.last_message_at, s.id) < (p_before_at, p_before_id)
      )
    order by s.last_message_at desc, s.id desc
    limit least(coalesce(p_limit, 50), 201)
  ) page
$$;

comment on function public.chat_list(integer, timestamptz, uuid) is
  'The caller''s conversations after a place in the order (last_message_at, id), newest first.';

revoke all on function public.chat_list(integer, timestamptz, uuid) from public, anon, authenticated, service_role;
grant execute on function public.chat_list(integer, timestamptz, uuid) to authenticated;
