-- Whether changes of a conversation can be meant: known names and values, and none that contradicts another.

create or replace function public.inbox_check_changes(p_changes jsonb) returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  fault text := (
    select name from jsonb_object_keys(p_changes) name
    where name not in (
      'assignee_id', 'handling', 'status', 'add_labels', 'remove_labels', 'priority', 'snoozed_until', 'blocked'
    )
    limit 1
  );
begin
  fault := coalesce(fault, case
    when p_changes ->> 'status' not in ('open', 'completed')
      -- The end is said to whoever has it, and the bot is given what nobody has.
      or (p_changes ->> 'status' = 'completed' and p_changes ?| array['assignee_id', 'handling'])
      then 'status'
    when p_changes ->> 'handling' not in ('waiting', 'agent', 'bot')
      or (p_changes ->> 'handling' in ('waiting', 'bot') and p_changes ->> 'assignee_id' is not null)
      or (p_changes ->> 'handling' = 'agent' and p_changes -> 'assignee_id' = 'null')
      then 'handling'
    when p_changes ->> 'priority' not in ('low', 'normal', 'high', 'urgent') or p_changes -> 'priority' = 'null'
      then 'priority'
    when (p_changes ->> 'snoozed_until')::timestamptz <= now() then 'snoozed_until'
    when p_changes ? 'blocked' and jsonb_typeof(p_changes -> 'blocked') <> 'boolean' then 'blocked'
    when exists (
      select from unnest(array['add_labels', 'remove_labels']) which,
        jsonb_array_elements_text(coalesce(p_changes -> which, '[]')) wanted (name)
      where not exists (select from public.chat_labels l where lower(l.name) = lower(normalize(wanted.name)))
    ) then 'labels'
  end);
  if fault is not null then
    raise exception using errcode = 'PT422', message = 'invalid', detail = fault;
  end if;
end
$$;

comment on function public.inbox_check_changes(jsonb) is
  'For the service, inside other functions: raises PT422 with the name of what is wrong.';

revoke all on function public.inbox_check_changes(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.inbox_check_changes(jsonb) to service_role;
