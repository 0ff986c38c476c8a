-- An operator takes back a note of their own.

create or replace function public.inbox_delete_note(p_user_id uuid, p_note_id uuid) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  note public.chat_notes;
begin
  -- First the conversation, as everybody.
  perform from public.chat_conversations c
    where c.id = (select n.conversation_id from public.chat_notes n where n.id = p_note_id)
    for no key update;
  select * into note from public.chat_notes n where n.id = p_note_id for update;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  if note.operator_id is distinct from operator.id then
    raise exception using errcode = 'PT403', message = 'not_allowed';
  end if;
  delete from public.chat_notes n where n.id = p_note_id;
  perform public.inbox_touch(note.conversation_id);
  perform public.inbox_tell(operator, note.conversation_id, 'note.deleted', jsonb_build_object('noteId', note.id));
  return jsonb_build_object('id', note.id, 'conversation_id', note.conversation_id);
end
$$;

comment on function public.inbox_delete_note(uuid, uuid) is
  'For the service: deletes a note of the operator who asks; answers {id, conversation_id}. Raises PT403, PT404.';

revoke all on function public.inbox_delete_note(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_delete_note(uuid, uuid) to service_role;
