-- A conversation gets whom it belongs to: an operator, or nobody again. The caller holds both rows of it.

create or replace function public.inbox_assign(
  p_operator public.chat_operators,
  p_conversation_id uuid,
  p_assignee public.chat_operators,
  p_handling text
) returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  former constant uuid := (select d.assignee_id from public.chat_desk d where d.conversation_id = p_conversation_id);
begin
  if exists (
    select from public.chat_conversations c
    join public.chat_desk d on d.conversation_id = c.id
    where c.id = p_conversation_id and c.handling = p_handling
      and d.assignee_id is not distinct from p_assignee.id
  ) then
    return;
  end if;
  -- First the conversation, then the desk: its trigger goes the same way.
  update public.chat_conversations c
    set handling = p_handling,
      agent = case when p_assignee.id is not null
        then jsonb_build_object('name', p_assignee.display_name, 'avatarUrl', p_assignee.avatar_url)
      end,
      rev = c.rev + 1
    where c.id = p_conversation_id;
  update public.chat_desk d
    set assignee_id = p_assignee.id,
      assigned_at = case
        when p_assignee.id is null then null
        when p_assignee.id is distinct from d.assignee_id then now()
        else d.assigned_at
      end,
      -- Who takes it has seen what was written before; who is given it has not.
      answered_seq = case when p_assignee.id = p_operator.id then c.last_seq else d.answered_seq end,
      waiting_since = case when p_handling = 'waiting' then coalesce(d.waiting_since, now()) else d.waiting_since end
    from public.chat_conversations c
    where d.conversation_id = p_conversation_id and c.id = p_conversation_id;
  if former is distinct from p_assignee.id then
    perform public.inbox_tell(
      p_operator,
      p_conversation_id,
      case when p_assignee.id is not null then 'conversation.assigned' else 'conversation.unassigned' end,
      jsonb_build_object('assigneeId', p_assignee.id, 'assigneeName', p_assignee.display_name, 'formerId', former)
    );
  end if;
end
$$;

comment on function public.inbox_assign(public.chat_operators, uuid, public.chat_operators, text) is
  'For the service, inside other functions that hold conversation and desk: assigns it, or takes it from whoever has it, and says who handles it.';

revoke all on function public.inbox_assign(public.chat_operators, uuid, public.chat_operators, text)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_assign(public.chat_operators, uuid, public.chat_operators, text) to service_role;
