-- An operator notes something for the team, once however often it is sent. What it says is in no activity.

create or replace function public.inbox_add_note(p_user_id uuid, p_id uuid, p_client_note_id uuid, p_content text)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  note public.chat_notes;
begin
  -- Two of the same wait for each other here.
  perform from public.chat_conversations c where c.id = p_id for no key update;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  select * into note from public.chat_notes n where n.conversation_id = p_id and n.client_note_id = p_client_note_id;
  if found then
    -- A note that was edited since says something else, and is the same.
    if note.operator_id is distinct from operator.id or (note.content is distinct from p_content and note.edited_at is null) then
      raise exception using errcode = 'PT409', message = 'idempotency_conflict';
    end if;
    return jsonb_build_object('note', public.inbox_note(note), 'created', false);
  end if;
  if p_client_note_id is null or coalesce(p_content, '') !~ '\S' or char_length(p_content) > 16000 then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'content';
  end if;
  insert into public.chat_notes (conversation_id, operator_id, client_note_id, content)
    values (p_id, operator.id, p_client_note_id, p_content)
    returning * into note;
  perform public.inbox_touch(p_id);
  perform public.inbox_tell(operator, p_id, 'note.created', jsonb_build_object('noteId', note.id));
  return jsonb_build_object('note', public.inbox_note(note), 'created', true);
end
$$;

comment on function public.inbox_add_note(uuid, uuid, uuid, text) is
  'For the service: writes a note once; answers {note, created}. Raises PT403, PT404, PT409 idempotency_conflict, PT422.';

revoke all on function public.inbox_add_note(uuid, uuid, uuid, text) from public, anon, authenticated, service_role;
grant execute on function public.inbox_add_note(uuid, uuid, uuid, text) to service_role;
