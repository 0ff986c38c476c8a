-- A canned reply as settings show it.

create or replace function public.inbox_canned_reply(p_reply public.chat_canned_replies) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return public.inbox_versioned(jsonb_build_object(
    'id', p_reply.id,
    'shortcut', p_reply.shortcut,
    'content', p_reply.content,
    'is_personal', p_reply.operator_id is not null
  ));
end
$$;

comment on function public.inbox_canned_reply(public.chat_canned_replies) is
  'For the service: {id, shortcut, content, is_personal, version}.';

revoke all on function public.inbox_canned_reply(public.chat_canned_replies) from public, anon, authenticated, service_role;
grant execute on function public.inbox_canned_reply(public.chat_canned_replies) to service_role;
