-- An operator takes a conversation. Of several at once one wins, and the others are told who.

create or replace function public.inbox_claim(p_user_id uuid, p_id uuid, p_if_rev bigint default null) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  conversation record;
  desk record;
  holder jsonb;
begin
  -- Everybody who writes to it waits here, customers, bot and operators alike.
  select c.status, c.handling, c.rev into conversation
    from public.chat_conversations c where c.id = p_id
    for no key update;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  select d.assignee_id, d.changes into desk from public.chat_desk d where d.conversation_id = p_id for update;

  if conversation.status <> 'open' then
    raise exception using errcode = 'PT409', message = 'conversation_completed';
  end if;
  if conversation.handling = 'agent' and desk.assignee_id = operator.id then
    return jsonb_build_object('conversation', public.inbox_row(p_id));
  end if;
  -- What belongs to somebody who may do nothing any more is free.
  select jsonb_build_object('id', o.id, 'displayName', o.display_name, 'avatarUrl', o.avatar_url) into holder
    from public.chat_operators o
    where o.id = desk.assignee_id and o.is_active and o.user_id is not null;
  if conversation.handling = 'agent' and holder is not null then
    raise exception using errcode = 'PT409', message = 'already_assigned', detail = holder::text;
  end if;
  if p_if_rev <> conversation.rev + desk.changes then
    raise exception using errcode = 'PT409', message = 'conversation_changed', detail = public.inbox_row(p_id)::text;
  end if;

  perform public.inbox_assign(operator, p_id, operator, 'agent');
  perform public.inbox_seen(operator.id);
  return jsonb_build_object('conversation', public.inbox_row(p_id));
end
$$;

comment on function public.inbox_claim(uuid, uuid, bigint) is
  'For the service: gives a conversation to the operator who asks, or says that they have it; answers {conversation}. Raises PT403, PT404, and PT409 already_assigned (detail: who has it), conversation_completed, conversation_changed (detail: as it is now).';

revoke all on function public.inbox_claim(uuid, uuid, bigint) from public, anon, authenticated, service_role;
grant execute on function public.inbox_claim(uuid, uuid, bigint) to service_role;
