-- Every conversation that changed since a cursor, as an inbox that is open shows it. The rows and the new cursor come
-- from one moment: STABLE, and one query.

create or replace function public.inbox_changes(p_user_id uuid, p_cursor text default null) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
begin
  return (
    select jsonb_build_object(
      'cursor', l.told -> 'cursor',
      'conversations', (
        select coalesce(jsonb_agg(shown.conversation), '[]')
        from (
          select public.inbox_row(moved.id::uuid) as conversation
          from jsonb_array_elements_text(l.told -> 'changed') moved (id)
        ) shown
        where shown.conversation is not null
      ),
      'gone', l.told -> 'gone',
      'resync', l.told -> 'resync',
      'counts', public.inbox_counts(operator.id)
    )
    from public.live_changes(p_cursor) l (told)
  );
end
$$;

comment on function public.inbox_changes(uuid, text) is
  'For the service: {cursor, conversations, gone, resync, counts}: what changed since a cursor, exactly by commit; without one, the cursor that begins now. resync: true where it cannot be honoured or over 500 changed. Raises PT403.';

revoke all on function public.inbox_changes(uuid, text) from public, anon, authenticated, service_role;
grant execute on function public.inbox_changes(uuid, text) to service_role;
