-- The conversations of the team's day, and what waits for an operator.

create or replace function public.chat_operator_day(p_user_id uuid, p_limit integer default 50) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  zone constant text := (select t.time_zone from public.chat_team t);
  today constant timestamp := date_trunc('day', now() at time zone zone);
  begin_at constant timestamptz := today at time zone zone;
  end_at constant timestamptz := (today + interval '1 day') at time zone zone;
begin
  return jsonb_build_object(
    'waiting', (select count(*) from public.chat_inquiries i where i.status = 'new'),
    'begun', (
      select count(*) from public.chat_conversations c where c.created_at >= begin_at and c.created_at < end_at
    ),
    'completed', (
      select count(*) from public.chat_conversations c
      where c.created_at >= begin_at and c.created_at < end_at and c.status = 'completed'
    ),
    'conversations', (
      select coalesce(jsonb_agg(to_jsonb(day) order by day.created_at desc, day.id desc), '[]')
      from (
        select c.id, c.user_id, c.status, c.created_at, c.last_message_at, c.message_count, said.content as last_words
        from public.chat_conversations c
        -- What the member said last: the bot's words are known.
        left join lateral (
          select m.content
          from public.chat_messages m
          where m.user_id = c.user_id and m.conversation_id = c.id and m.role = 'user' and m.seq is not null
          order by m.seq desc
          limit 1
        ) said on true
        where c.created_at >= begin_at and c.created_at < end_at
        order by c.created_at desc, c.id desc
        limit least(greatest(p_limit, 1), 1000)
      ) day
    )
  );
end
$$;

comment on function public.chat_operator_day(uuid, integer) is
  'For the service: for an operator, how many inquiries wait, and the conversations that began today in the team''s time zone, newest first. Raises PT403.';

revoke all on function public.chat_operator_day(uuid, integer) from public, anon, authenticated, service_role;
grant execute on function public.chat_operator_day(uuid, integer) to service_role;
