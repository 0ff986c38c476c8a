-- What the flow must know before it speaks about a change that an operator makes: the turn as it stands, and the inbox's
-- view of it, whose rev the change is then made from.

create or replace function public.inbox_turn(p_user_id uuid, p_id uuid, p_known_flows text[] default '{}') returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  turn jsonb := public.chat_turn_for_service(p_id, null, p_known_flows);
begin
  if turn is null then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  return turn || jsonb_build_object('inbox', public.inbox_row(p_id), 'operator', public.inbox_person(operator));
end
$$;

comment on function public.inbox_turn(uuid, uuid, text[]) is
  'For the service: chat_turn of anybody''s conversation, and with it inbox (its row) and operator (who asks). Raises PT403, PT404.';

revoke all on function public.inbox_turn(uuid, uuid, text[]) from public, anon, authenticated, service_role;
grant execute on function public.inbox_turn(uuid, uuid, text[]) to service_role;
