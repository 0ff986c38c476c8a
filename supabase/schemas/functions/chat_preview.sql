-- What a form must be checked against, before anything is saved. It reads and nothing else.

create or replace function public.chat_preview(
  p_conversation_id uuid,
  p_client_message_id uuid,
  p_in_reply_to uuid,
  p_known_flows text[] default '{}'
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  preview jsonb;
begin
  select jsonb_build_object(
      'status', c.status,
      'flow_version', c.flow_version,
      'flow', (
        select f.definition from public.chat_flows f
        where f.version = c.flow_version and f.version <> all (p_known_flows)
      ),
      'locale', c.state ->> 'locale',
      'asked', (
        select jsonb_build_object('id', a.id, 'step_id', a.step_id, 'kind', a.kind, 'payload', a.payload)
        from public.chat_messages a
        where a.conversation_id = c.id and a.id = p_in_reply_to
      ),
      'answered', exists (
        select from public.chat_messages w where w.conversation_id = c.id and w.in_reply_to = p_in_reply_to
      ) or exists (
        select from public.chat_messages a
        where a.conversation_id = c.id and a.id = p_in_reply_to and a.answered_at is not null
      ),
      'repeated', exists (
        select from public.chat_messages r
        where r.conversation_id = c.id and r.client_message_id = p_client_message_id
      )
    ) into preview
    from public.chat_conversations c
    where c.id = p_conversation_id;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  return preview;
end
$$;

comment on function public.chat_preview(uuid, uuid, uuid, text[]) is
  'The interactive message that is about to be answered, and what already stands against the answer.';

revoke all on function public.chat_preview(uuid, uuid, uuid, text[]) from public, anon, authenticated, service_role;
grant execute on function public.chat_preview(uuid, uuid, uuid, text[]) to authenticated;
