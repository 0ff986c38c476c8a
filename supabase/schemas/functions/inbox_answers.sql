-- What was asked of the assistant and what became of it, newest first, in the days of a period by the team's clock; with the
-- first page, how it went in all of them.

create or replace function public.inbox_answers(
  p_user_id uuid,
  p_limit integer default 50,
  p_before_at timestamptz default null,
  p_before_id uuid default null,
  p_filters jsonb default '{}'
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  size constant integer := least(greatest(coalesce(p_limit, 50), 1), 200);
  zone constant text := (select t.time_zone from public.chat_team t);
  last_day constant date := coalesce((p_filters ->> 'to')::date, (now() at time zone zone)::date);
  first_day constant date := coalesce(
    (p_filters ->> 'from')::date, last_day - coalesce((p_filters ->> 'days')::integer, 30) + 1
  );
  begins constant timestamptz := first_day::timestamp at time zone zone;
  ends constant timestamptz := (last_day + 1)::timestamp at time zone zone;
  wanted_outcome constant text := p_filters ->> 'outcome';
  wanted_mode constant text := p_filters ->> 'mode';
  wanted_rating constant text := p_filters ->> 'helpful';
  page jsonb;
begin
  select coalesce(jsonb_agg(to_jsonb(w) order by w.created_at desc, w.id desc), '[]') into page
    from (
      select a.id, a.conversation_id, a.question_message_id, a.message_id, a.locale, a.mode, a.outcome, a.reason, a.sources,
        a.model, coalesce(a.tokens_in, 0) as tokens_in, coalesce(a.tokens_out, 0) as tokens_out,
        coalesce(a.cost_micros, 0) as cost_micros, a.helpful, a.created_at, a.settled_at,
        asked.content as question,
        said.content as answer,
        jsonb_build_object('name', p.name) as contact
      from public.kb_answers a
      join public.chat_messages asked on asked.id = a.question_message_id
      left join public.chat_messages said on said.id = a.message_id
      left join public.chat_contacts p on p.id = a.user_id
      where a.created_at >= begins and a.created_at < ends
        and (p_before_at is null or (a.created_at, a.id) < (p_before_at, p_before_id))
        and (wanted_outcome is null or coalesce(a.outcome, 'pending') = wanted_outcome)
        and (wanted_mode is null or a.mode = wanted_mode)
        and (
          wanted_rating is null or case a.helpful when true then 'yes' when false then 'no' else 'none' end = wanted_rating
        )
      order by a.created_at desc, a.id desc
      limit size + 1
    ) w;
  return jsonb_build_object(
    'answers', case when jsonb_array_length(page) > size then page - size else page end,
    'has_more', jsonb_array_length(page) > size,
    'totals', case when p_before_at is null then public.kb_answers_totals(begins, ends, wanted_mode) end
  );
end
$$;

comment on function public.inbox_answers(uuid, integer, timestamptz, uuid, jsonb) is
  'For the service: {answers, has_more, totals}: what was asked before a place in the order (created_at, id), newest first. p_filters: {outcome, mode, helpful: yes, no or none, from, to: days by the team''s clock, or days: so many until to or today; by default 30}. The totals of the period only without a place. Raises PT403.';

revoke all on function public.inbox_answers(uuid, integer, timestamptz, uuid, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_answers(uuid, integer, timestamptz, uuid, jsonb) to service_role;
