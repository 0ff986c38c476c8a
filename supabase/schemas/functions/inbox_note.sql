-- A note as operators read it, with who wrote it: an operator, or a rule by the name that it had.

create or replace function public.inbox_note(p_note public.chat_notes) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return jsonb_build_object(
    'id', p_note.id,
    'conversation_id', p_note.conversation_id,
    'client_note_id', p_note.client_note_id,
    'author', coalesce(
      (select public.inbox_person(o) from public.chat_operators o where o.id = p_note.operator_id),
      jsonb_build_object(
        'id', p_note.rule_id, 'display_name', p_note.rule_name, 'avatar_url', null, 'availability', 'offline'
      )
    ),
    'content', p_note.content,
    'created_at', p_note.created_at,
    'edited_at', p_note.edited_at
  );
end
$$;

comment on function public.inbox_note(public.chat_notes) is 'For the service: a note as operators read it.';

revoke all on function public.inbox_note(public.chat_notes) from public, anon, authenticated, service_role;
grant execute on function public.inbox_note(public.chat_notes) to service_role;
