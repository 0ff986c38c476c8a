-- A guest asks: what is published for all, and nothing is kept but that nothing was found.

create or replace function public.kb_ask(p_question text, p_locale text) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  looked_up constant jsonb := public.kb_look_up(
    jsonb_build_array(jsonb_build_object('id', null, 'content', p_question)), p_locale, 'all'
  );
begin
  if looked_up ->> 'mode' = 'extractive' and looked_up #> '{found,0,answer}' = 'null' then
    perform public.kb_miss(p_question, looked_up #>> '{found,0,locale}');
  end if;
  return looked_up;
end
$$;

comment on function public.kb_ask(text, text) is
  'For the service: kb_look_up of a guest''s question, of which a miss is kept where nothing was found.';

revoke all on function public.kb_ask(text, text) from public, anon, authenticated, service_role;
grant execute on function public.kb_ask(text, text) to service_role;
