-- The cases of a span of time: stretches of conversations that were people's. A case begins when a person is wanted, or
-- takes it unasked, or when it is opened again; it ends when it is completed, or the bot's again. Whose it is in between,
-- how often it changes hands or is put aside, ends no case.

create or replace function public.inbox_cases(p_from timestamptz, p_to timestamptz)
returns table (
  conversation_id uuid,
  begun_at timestamptz,
  is_asked boolean,
  answered_at timestamptz,
  answered_by uuid,
  ended_at timestamptz,
  is_completed boolean,
  completed_by uuid
)
language sql
stable
security invoker
set search_path = ''
rows 10000
as $$
  with touched as materialized (
    select distinct a.conversation_id
    from public.chat_activities a
    where (
        a.type in (
          'conversation.handed_over', 'conversation.assigned', 'conversation.reopened', 'conversation.completed'
        )
        or a.actor_kind = 'api' and a.type = 'conversation.opened'
      )
      and a.created_at >= p_from
      and a.created_at < p_to
  ),
  course as (
    select
      a.conversation_id, a.created_at, a.type, a.actor_id,
      case a.type
        when 'conversation.completed' then false
        when 'conversation.handed_over' then a.data ->> 'handling' = 'waiting'
        else true
      end as is_peoples,
      -- An operator or a rule that takes a conversation, or opens it again, lets nobody wait.
      a.type in ('conversation.handed_over', 'conversation.opened')
        or a.type = 'conversation.reopened' and a.actor_kind in ('api', 'guest', 'member') as is_asked
    from touched t
    join public.chat_activities a on a.conversation_id = t.conversation_id
    where a.type in (
        'conversation.handed_over', 'conversation.assigned', 'conversation.reopened', 'conversation.completed'
      )
      or a.actor_kind = 'api' and a.type = 'conversation.opened'
  ),
  followed as (
    select
      c.*,
      lag(c.is_peoples, 1, false) over (partition by c.conversation_id order by c.created_at) as was_peoples
    from course c
  ),
  -- Where it became people's, and where it ended, in turn.
  edges as (
    select
      f.*,
      lead(f.created_at) over following as ended_at,
      lead(f.type) over following as ended_how,
      lead(f.actor_id) over following as ended_by
    from followed f
    where f.is_peoples <> f.was_peoples
    window following as (partition by f.conversation_id order by f.created_at)
  )
  select
    e.conversation_id,
    e.created_at,
    e.is_asked,
    answer.created_at,
    answer.actor_id,
    e.ended_at,
    coalesce(e.ended_how = 'conversation.completed', false),
    case when e.ended_how = 'conversation.completed' then e.ended_by end
  from edges e
  left join lateral (
    select a.created_at, a.actor_id
    from public.chat_activities a
    where a.conversation_id = e.conversation_id
      and a.actor_kind = 'operator' and a.type = 'message.created'
      and a.created_at >= e.created_at
      and (e.ended_at is null or a.created_at < e.ended_at)
    order by a.created_at
    limit 1
  ) answer on true
  where e.is_peoples
    and (e.created_at >= p_from and e.created_at < p_to or e.ended_at >= p_from and e.ended_at < p_to)
$$;

comment on function public.inbox_cases(timestamptz, timestamptz) is
  'For the service, inside other functions: stretches of conversations that were people''s, which began or ended in a span of time.';

revoke all on function public.inbox_cases(timestamptz, timestamptz) from public, anon, authenticated, service_role;
grant execute on function public.inbox_cases(timestamptz, timestamptz) to service_role;
