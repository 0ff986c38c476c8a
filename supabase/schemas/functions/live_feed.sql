-- What a process that holds streams asks once for all of them: hints, never content.

create or replace function public.live_feed(p_cursor text default null) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'cursor', l.told -> 'cursor',
    'resync', l.told -> 'resync',
    'changed', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', c.id, 'user_id', c.user_id, 'rev', c.rev, 'changes', d.changes, 'handling', c.handling,
        'assignee_id', d.assignee_id,
        -- Whether the customer sees anything of it: what happens on the desk alone is not even hinted to them.
        'is_shown', d.rev_cx >= pg_snapshot_xmax(l.seen) or d.rev_cx = any (array(select pg_snapshot_xip(l.seen)))
      )), '[]')
      from jsonb_array_elements_text(l.told -> 'changed') changed (id)
      join public.chat_conversations c on c.id = changed.id::uuid
      join public.chat_desk d on d.conversation_id = c.id
    ),
    'gone', l.told -> 'gone',
    'typing', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'conversation_id', t.conversation_id, 'user_id', c.user_id, 'operator_id', t.operator_id, 'assignee_id', d.assignee_id
      )), '[]')
      from public.chat_typing t
      join public.chat_conversations c on c.id = t.conversation_id
      join public.chat_desk d on d.conversation_id = t.conversation_id
      where t.typed_at > now() - interval '8 seconds'
    ),
    'presence', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'operator_id', p.operator_id, 'conversation_id', p.conversation_id, 'name', o.display_name
      )), '[]')
      from public.chat_presence p
      join public.chat_operators o on o.id = p.operator_id
      where p.seen_at > now() - interval '60 seconds' and o.is_active and o.user_id is not null
    )
  )
  from (select t.told, (t.told ->> 'seen')::pg_snapshot as seen from public.live_changes(p_cursor) t (told)) l
$$;

comment on function public.live_feed(text) is
  'For the service: {cursor, resync, changed, gone, typing, presence} since a cursor of before; without one it begins now. resync: true where the cursor cannot be honoured or over 500 conversations changed.';

revoke all on function public.live_feed(text) from public, anon, authenticated, service_role;
grant execute on function public.live_feed(text) to service_role;
