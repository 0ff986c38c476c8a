-- What would be found for a question, for operators who want to see why.

create or replace function public.inbox_find_articles(
  p_user_id uuid, p_question text, p_locale text default null, p_audience text default 'members', p_limit integer default 5
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
begin
  return jsonb_build_object('results', public.kb_find(p_question, p_locale, p_audience, p_limit));
end
$$;

comment on function public.inbox_find_articles(uuid, text, text, text, integer) is
  'For the service: {results} as kb_find answers them to this audience. Raises PT403.';

revoke all on function public.inbox_find_articles(uuid, text, text, text, integer) from public, anon, authenticated, service_role;
grant execute on function public.inbox_find_articles(uuid, text, text, text, integer) to service_role;
