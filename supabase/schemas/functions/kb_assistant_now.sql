-- What the assistant is told to do, all of it: for who writes the model's prompt.

create or replace function public.kb_assistant_now() returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select a.settings || jsonb_build_object('version', a.version) from public.kb_assistant a order by a.version desc limit 1
$$;

comment on function public.kb_assistant_now() is
  'For the service: the newest {version, mode, tone, policy, rules, forbidden_topics, greeting: {ko, en}, handover: {when, words: {ko, en}}, allowed_links, budgets: {member_day, project_month}}.';

revoke all on function public.kb_assistant_now() from public, anon, authenticated, service_role;
grant execute on function public.kb_assistant_now() to service_role;
