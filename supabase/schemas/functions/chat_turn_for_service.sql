-- The same function for the service. A plan under Row Level Security belongs to one role: a pooled connection that asked
-- as the member and then as the service would plan all of chat_turn anew each time. Its body is read from chat_turn.

do $$
begin
  execute replace(
    pg_get_functiondef('public.chat_turn(uuid, uuid, text[])'::regprocedure),
    'FUNCTION public.chat_turn(',
    'FUNCTION public.chat_turn_for_service('
  );
end
$$;

comment on function public.chat_turn_for_service(uuid, uuid, text[]) is
  'The same as chat_turn, for the service: a plan belongs to one role.';

revoke all on function public.chat_turn_for_service(uuid, uuid, text[])
  from public, anon, authenticated, service_role;
grant execute on function public.chat_turn_for_service(uuid, uuid, text[]) to service_role;
