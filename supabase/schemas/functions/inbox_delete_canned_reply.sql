-- An operator deletes everybody's text or one of their own.

create or replace function public.inbox_delete_canned_reply(p_user_id uuid, p_id uuid) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  reply public.chat_canned_replies;
begin
  delete from public.chat_canned_replies r
    where r.id = p_id and (r.operator_id is null or r.operator_id = operator.id)
    returning * into reply;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  if reply.operator_id is null then
    perform public.inbox_tell_setting(
      operator, 'canned_reply', reply.id, reply.shortcut, public.inbox_canned_reply(reply), null
    );
  end if;
  return jsonb_build_object('id', reply.id);
end
$$;

comment on function public.inbox_delete_canned_reply(uuid, uuid) is
  'For the service: deletes a canned reply; answers {id}. Raises PT403, PT404.';

revoke all on function public.inbox_delete_canned_reply(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_delete_canned_reply(uuid, uuid) to service_role;
