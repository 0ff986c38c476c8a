-- An operator sends a message once more that did not get through its channel.

create or replace function public.inbox_retry(p_user_id uuid, p_id uuid, p_message_id uuid) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
begin
  perform from public.chat_messages m where m.id = p_message_id and m.conversation_id = p_id;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  return public.channel_settle(
    p_message_id, 'sent', jsonb_build_object('kind', 'operator', 'id', operator.id, 'name', operator.display_name)
  );
end
$$;

comment on function public.inbox_retry(uuid, uuid, uuid) is
  'For the service: a new attempt of a message that failed in its channel; answers {id, status, attempt}. Raises PT403, PT404, and PT422 for what did not go out.';

revoke all on function public.inbox_retry(uuid, uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_retry(uuid, uuid, uuid) to service_role;
