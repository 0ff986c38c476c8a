-- What the assistant is told to do, for operators.

create or replace function public.inbox_assistant(p_user_id uuid) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
begin
  return (
    select jsonb_build_object('assistant', public.kb_assistant_row(a))
    from public.kb_assistant a
    order by a.version desc
    limit 1
  );
end
$$;

comment on function public.inbox_assistant(uuid) is
  'For the service: {assistant}, the newest version as kb_assistant_row has it. Raises PT403.';

revoke all on function public.inbox_assistant(uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_assistant(uuid) to service_role;
