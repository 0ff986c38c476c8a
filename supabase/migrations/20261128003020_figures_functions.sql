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

-- How the team does: who waits now, and of a span of time how long people waited, how long it took, how many there were.
-- Working time comes along as its pieces, in seconds since 1970, so that the hours have one reading (service/core/hours.py).

create or replace function public.inbox_figures(
  p_user_id uuid,
  p_from timestamptz,
  p_to timestamptz,
  p_zone text default 'UTC',
  p_opens double precision[] default '{}',
  p_closes double precision[] default '{}'
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  -- What one question may cost. Beyond it a shorter span has to do: a part of the truth would be none.
  most constant integer := 50000;
  -- Working seconds before each piece.
  past double precision[];
  waiting jsonb;
  figures jsonb;
begin
  perform public.inbox_operator(p_user_id);
  if p_from is null or p_to is null or p_to - p_from > interval '400 days'
    or exists (select from public.chat_conversations c where c.created_at >= p_from and c.created_at < p_to offset most)
    or exists (
      select from public.chat_activities a
      where (
          a.type in (
            'conversation.handed_over', 'conversation.assigned', 'conversation.reopened', 'conversation.completed'
          )
          or a.actor_kind = 'api' and a.type = 'conversation.opened'
        )
        and a.created_at >= p_from and a.created_at < p_to
      offset 4 * most
    )
    or exists (
      select from public.chat_activities a
      where a.actor_kind = 'operator' and a.type = 'message.created' and a.created_at >= p_from and a.created_at < p_to
      offset 4 * most
    )
  then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'from';
  end if;
  select array_agg(summed.seconds order by summed.place) into past
    from (
      select p.place, sum(p.closes - p.opens) over (order by p.place) - (p.closes - p.opens) as seconds
      from unnest(p_opens, p_closes) with ordinality p (opens, closes, place)
    ) summed;

  select jsonb_build_object(
      'count', count(*),
      'longest_since', min(d.waiting_since),
      'longest_seconds', extract(epoch from now() - min(d.waiting_since))
    ) into waiting
    from (
      select w.waiting_since
      from public.chat_desk w
      where w.status = 'open' and w.handling = 'waiting' and (w.snoozed_until is null or w.snoozed_until <= now())
      order by w.waiting_since, w.conversation_id
      limit most
    ) d;

  with cases as materialized (
    select
      c.*,
      extract(epoch from c.answered_at - c.begun_at) as answer_seconds,
      extract(epoch from c.ended_at - c.begun_at) as case_seconds,
      -- Working seconds up to each of the moments: those before its piece, and of the piece.
      coalesce(past[began.n] + least(extract(epoch from c.begun_at), p_closes[began.n]) - p_opens[began.n], 0) as worked_then,
      coalesce(past[said.n] + least(extract(epoch from c.answered_at), p_closes[said.n]) - p_opens[said.n], 0) as worked_answer,
      coalesce(past[over.n] + least(extract(epoch from c.ended_at), p_closes[over.n]) - p_opens[over.n], 0) as worked_end
    from public.inbox_cases(p_from, p_to) c
    cross join lateral (select width_bucket(extract(epoch from c.begun_at)::double precision, p_opens)) began (n)
    cross join lateral (select width_bucket(extract(epoch from c.answered_at)::double precision, p_opens)) said (n)
    cross join lateral (select width_bucket(extract(epoch from c.ended_at)::double precision, p_opens)) over (n)
  ),
  asked as materialized (
    select c.*, c.worked_answer - c.worked_then as answer_worked
    from cases c
    where c.is_asked and c.begun_at >= p_from and c.begun_at < p_to
  ),
  completed as materialized (
    select c.*, c.worked_end - c.worked_then as case_worked
    from cases c
    where c.is_completed and c.ended_at >= p_from and c.ended_at < p_to
  ),
  begun as materialized (
    select c.id, c.user_id, c.created_at
    from public.chat_conversations c
    where c.created_at >= p_from and c.created_at < p_to
  ),
  said as (
    select a.actor_id, count(*) as messages
    from public.chat_activities a
    where a.actor_kind = 'operator' and a.type = 'message.created'
      and a.created_at >= p_from and a.created_at < p_to
    group by a.actor_id
  ),
  -- Those that no person had anything to do with.
  by_bot as materialized (
    select a.created_at
    from public.chat_activities a
    where a.type = 'conversation.completed' and a.actor_kind = 'bot'
      and a.created_at >= p_from and a.created_at < p_to
  ),
  -- By what the team sorts conversations by: one of two labels counts for both.
  labelled as (
    select l.name, l.color, coalesce(b.count, 0) as begun, coalesce(q.count, 0) as asked,
      coalesce(q.answered, 0) as answered, q.seconds
    from public.chat_labels l
    left join (
      select cl.label_id, count(*)
      from begun b
      join public.chat_conversation_labels cl on cl.conversation_id = b.id
      group by cl.label_id
    ) b on b.label_id = l.id
    left join (
      select
        cl.label_id, count(*), count(q.answered_at) as answered,
        percentile_cont(array[0.5, 0.9]) within group (order by q.answer_seconds::double precision) as seconds
      from asked q
      join public.chat_conversation_labels cl on cl.conversation_id = q.conversation_id
      group by cl.label_id
    ) q on q.label_id = l.id
    where b.count > 0 or q.count > 0
  ),
  rated as (
    select c.rating
    from (
      select distinct a.conversation_id
      from public.chat_activities a
      where a.type = 'conversation.rated' and a.created_at >= p_from and a.created_at < p_to
    ) r
    join public.chat_conversations c on c.id = r.conversation_id
    -- The last word counts, when it was said.
    where (c.rating ->> 'rated_at')::timestamptz >= p_from and (c.rating ->> 'rated_at')::timestamptz < p_to
  ),
  days as (
    select
      d.day::date as date,
      coalesce(b.count, 0) as begun,
      coalesce(q.count, 0) as asked,
      coalesce(q.answered, 0) as answered,
      coalesce(o.count, 0) as completed,
      coalesce(e.count, 0) as completed_by_bot,
      q.seconds
    from generate_series(
      (p_from at time zone p_zone)::date::timestamp, ((p_to - interval '1 microsecond') at time zone p_zone)::date,
      interval '1 day'
    ) d (day)
    left join (
      select (b.created_at at time zone p_zone)::date as day, count(*) from begun b group by 1
    ) b on b.day = d.day
    left join (
      select
        (q.begun_at at time zone p_zone)::date as day, count(*), count(q.answered_at) as answered,
        percentile_cont(array[0.5, 0.9]) within group (order by q.answer_seconds::double precision) as seconds
      from asked q
      group by 1
    ) q on q.day = d.day
    left join (
      select (o.ended_at at time zone p_zone)::date as day, count(*) from completed o group by 1
    ) o on o.day = d.day
    left join (
      select (e.created_at at time zone p_zone)::date as day, count(*) from by_bot e group by 1
    ) e on e.day = d.day
  ),
  operators as (
    select
      o.id, o.display_name, o.is_active and o.user_id is not null as is_active,
      coalesce(said.messages, 0) as messages,
      coalesce(q.count, 0) as first_answers,
      q.seconds,
      coalesce(done.count, 0) as completed
    from public.chat_operators o
    left join said on said.actor_id = o.id
    left join (
      select
        q.answered_by, count(*),
        percentile_cont(array[0.5, 0.9]) within group (order by q.answer_seconds::double precision) as seconds
      from asked q
      group by q.answered_by
    ) q on q.answered_by = o.id
    left join (
      select c.completed_by, count(*) from completed c group by c.completed_by
    ) done on done.completed_by = o.id
    where o.is_active and o.user_id is not null or said.messages > 0 or q.count > 0 or done.count > 0
    order by messages desc, o.display_name, o.id
    limit 200
  )
  select jsonb_build_object(
    'begun', (select count(*) from begun),
    'first_answers', (
      select jsonb_build_object(
        'asked', count(*),
        'answered', count(q.answered_at),
        'waiting', count(*) filter (where q.answered_at is null and q.ended_at is null),
        'left', count(*) filter (where q.answered_at is null and q.ended_at is not null),
        'seconds', percentile_cont(array[0.5, 0.9]) within group (order by q.answer_seconds::double precision),
        'working_seconds', percentile_cont(array[0.5, 0.9]) within group (
          order by case when q.answered_at is not null then q.answer_worked end
        )
      )
      from asked q
    ),
    'completions', (
      select jsonb_build_object(
        'completed', count(*),
        'by_bot', (select count(*) from by_bot),
        'unanswered', count(*) filter (where c.answered_at is null),
        'seconds', percentile_cont(array[0.5, 0.9]) within group (order by c.case_seconds::double precision),
        'working_seconds', percentile_cont(array[0.5, 0.9]) within group (order by c.case_worked)
      )
      from completed c
    ),
    'days', (select coalesce(jsonb_agg(to_jsonb(d) order by d.date), '[]') from days d),
    'operators', (select coalesce(jsonb_agg(to_jsonb(o)), '[]') from operators o),
    'labels', (
      select coalesce(jsonb_agg(to_jsonb(l)), '[]')
      from (select * from labelled l order by l.begun + l.asked desc, l.name limit 50) l
    ),
    'ratings', (
      select jsonb_build_object(
        'count', count(*),
        'average', avg((r.rating ->> 'score')::integer),
        'scores', jsonb_build_array(
          count(*) filter (where r.rating ->> 'score' = '1'),
          count(*) filter (where r.rating ->> 'score' = '2'),
          count(*) filter (where r.rating ->> 'score' = '3'),
          count(*) filter (where r.rating ->> 'score' = '4'),
          count(*) filter (where r.rating ->> 'score' = '5')
        )
      )
      from rated r
    )
  ) into figures;
  return figures || jsonb_build_object('waiting', waiting);
end
$$;

comment on function public.inbox_figures(uuid, timestamptz, timestamptz, text, double precision[], double precision[]) is
  'For the service: {waiting, begun, first_answers, completions, days, operators, labels, ratings} of a span of time, by days of a zone and with the pieces of its working time; times as [median, 90th percentile] in seconds. Raises PT403, and PT422 from where it holds over 50,000 conversations, 200,000 steps of them or 200,000 answers.';

revoke all on function public.inbox_figures(uuid, timestamptz, timestamptz, text, double precision[], double precision[])
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_figures(uuid, timestamptz, timestamptz, text, double precision[], double precision[])
  to service_role;

-- The team's hours as they were since a moment: what working time is counted by.

create or replace function public.inbox_kept_hours(p_user_id uuid, p_since timestamptz default '-infinity') returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  perform public.inbox_operator(p_user_id);
  return jsonb_build_object(
    'time_zone', (select t.time_zone from public.chat_team t),
    'now', now(),
    'hours', (
      select coalesce(jsonb_agg(to_jsonb(h) order by h.since_at), '[]')
      from public.chat_hours h
      where h.since_at >= (
        select max(first.since_at) from public.chat_hours first where first.since_at <= coalesce(p_since, '-infinity')
      )
    )
  );
end
$$;

comment on function public.inbox_kept_hours(uuid, timestamptz) is
  'For the service: {time_zone, now, hours: rows of chat_hours, the one that held at p_since and all later ones}. Raises PT403.';

revoke all on function public.inbox_kept_hours(uuid, timestamptz) from public, anon, authenticated, service_role;
grant execute on function public.inbox_kept_hours(uuid, timestamptz) to service_role;

-- Hours that were changed are kept beside those that hold, so that working time of before stays what it was.

create or replace function private.keep_hours() returns trigger
language plpgsql
security invoker
set search_path = ''
as $$
begin
  insert into public.chat_hours (
      since_at, time_zone, spans, holidays, always_open, override_open, override_until
    )
    values (
      clock_timestamp(), new.time_zone, new.spans, new.holidays, new.always_open, new.override_open, new.override_until
    )
    on conflict do nothing;
  return null;
end
$$;

comment on function private.keep_hours() is 'Trigger: keeps the hours of the team as they are from now on.';

revoke all on function private.keep_hours() from public, anon, authenticated, service_role;
