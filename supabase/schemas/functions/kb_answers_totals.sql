-- How often the assistant was asked in a time, what became of it, whether it helped, and what this month has cost.

create or replace function public.kb_answers_totals(p_begins timestamptz, p_ends timestamptz, p_mode text default null)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'questions', count(*),
    'answered', count(*) filter (where a.outcome = 'answered'),
    'clarified', count(*) filter (where a.outcome = 'clarified'),
    'handed_over', count(*) filter (where a.outcome = 'handed_over'),
    'refused', count(*) filter (where a.outcome = 'refused'),
    'unknown', count(*) filter (where a.outcome = 'unknown'),
    'dropped', count(*) filter (where a.outcome = 'dropped'),
    'pending', count(*) filter (where a.outcome is null),
    'helpful', count(*) filter (where a.helpful),
    'not_helpful', count(*) filter (where not a.helpful),
    'cost_micros', coalesce(sum(a.cost_micros), 0),
    'month', jsonb_build_object(
      'cost_micros', (
        select coalesce(sum(s.micros), 0) from public.kb_spending s
        where s.month = (
          select date_trunc('month', now() at time zone t.time_zone)::date from public.chat_team t
        )
      ),
      'budget_micros', (public.kb_assistant_now() #> '{budgets,project_month}')
    )
  )
  from public.kb_answers a
  where a.created_at >= p_begins and a.created_at < p_ends and (p_mode is null or a.mode = p_mode)
$$;

comment on function public.kb_answers_totals(timestamptz, timestamptz, text) is
  'For the service, inside other functions: {questions, answered, clarified, handed_over, refused, unknown, dropped, pending, helpful, not_helpful, cost_micros, month: {cost_micros, budget_micros}} of what was asked from p_begins until before p_ends.';

revoke all on function public.kb_answers_totals(timestamptz, timestamptz, text) from public, anon, authenticated, service_role;
grant execute on function public.kb_answers_totals(timestamptz, timestamptz, text) to service_role;
