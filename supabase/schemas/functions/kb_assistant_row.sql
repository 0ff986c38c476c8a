-- A version of the assistant's settings as operators see it.

create or replace function public.kb_assistant_row(p_assistant public.kb_assistant) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select p_assistant.settings || jsonb_build_object(
    'version', p_assistant.version,
    'created_at', p_assistant.created_at,
    'by', (
      select jsonb_build_object('id', o.id, 'name', o.display_name)
      from public.chat_operators o
      where o.id = p_assistant.operator_id
    )
  )
$$;

comment on function public.kb_assistant_row(public.kb_assistant) is
  'For the service, inside other functions: a version with its settings, created_at, and by: {id, name}, null for what is shipped.';

revoke all on function public.kb_assistant_row(public.kb_assistant) from public, anon, authenticated, service_role;
grant execute on function public.kb_assistant_row(public.kb_assistant) to service_role;
