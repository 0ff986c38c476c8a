-- An operator changes a note of their own; that it was edited is seen.

create or replace function public.inbox_edit_note(p_user_id uuid, p_note_id uuid, p_content text) returns jsonb
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
  if coalesce(p_content, '') !~ '\S' or char_length(p_content) > 16000 then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'content';
  end if;
  if note.content <> p_content then
    update public.chat_notes n
      set content = p_content, edited_at = clock_timestamp()
      where n.id = p_note_id
      returning * into note;
    perform public.inbox_touch(note.conversation_id);
    perform public.inbox_tell(operator, note.conversation_id, 'note.edited', jsonb_build_object('noteId', note.id));
  end if;
  return jsonb_build_object('note', public.inbox_note(note));
end
$$;

comment on function public.inbox_edit_note(uuid, uuid, text) is
  'For the service: changes a note of the operator who asks; answers {note}. Raises PT403, PT404, PT422.';

revoke all on function public.inbox_edit_note(uuid, uuid, text) from public, anon, authenticated, service_role;
grant execute on function public.inbox_edit_note(uuid, uuid, text) to service_role;
