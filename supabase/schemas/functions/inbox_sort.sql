-- What operators sort a conversation by: labels, priority, snooze; and whether its customer may write at all. Counted and
-- told only where something became different.

create or replace function public.inbox_sort(p_operator public.chat_operators, p_id uuid, p_changes jsonb) returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  desk record;
  added jsonb := '[]';
  removed jsonb := '[]';
  until timestamptz := p_changes ->> 'snoozed_until';
  contact_id uuid;
  is_changed boolean := false;
begin
  select d.priority, d.snoozed_until into desk from public.chat_desk d where d.conversation_id = p_id;

  if p_changes ? 'add_labels' then
    with new as (
      insert into public.chat_conversation_labels (conversation_id, label_id)
      select p_id, l.id
      from public.chat_labels l
      where lower(l.name) in (
        select lower(wanted.name) from jsonb_array_elements_text(p_changes -> 'add_labels') wanted (name)
      )
      on conflict do nothing
      returning label_id
    )
    select coalesce(jsonb_agg(l.name order by lower(l.name)), '[]') into added
      from new join public.chat_labels l on l.id = new.label_id;
  end if;
  if p_changes ? 'remove_labels' then
    with old as (
      delete from public.chat_conversation_labels cl
      using public.chat_labels l
      where cl.conversation_id = p_id
        and l.id = cl.label_id
        and lower(l.name) in (
          select lower(wanted.name) from jsonb_array_elements_text(p_changes -> 'remove_labels') wanted (name)
        )
      returning l.name
    )
    select coalesce(jsonb_agg(old.name order by lower(old.name)), '[]') into removed from old;
  end if;
  if added <> '[]' or removed <> '[]' then
    is_changed := true;
    perform public.inbox_tell(
      p_operator, p_id, 'conversation.labelled', jsonb_build_object('added', added, 'removed', removed)
    );
  end if;

  if p_changes ? 'priority' and p_changes ->> 'priority' <> desk.priority then
    is_changed := true;
    update public.chat_desk d set priority = p_changes ->> 'priority' where d.conversation_id = p_id;
    perform public.inbox_tell(
      p_operator, p_id, 'conversation.prioritised',
      jsonb_build_object('priority', p_changes -> 'priority', 'former', desk.priority)
    );
  end if;

  if p_changes ? 'snoozed_until' and until is distinct from desk.snoozed_until then
    is_changed := true;
    update public.chat_desk d set snoozed_until = until where d.conversation_id = p_id;
    perform public.inbox_tell(
      p_operator, p_id, case when until is null then 'conversation.woken' else 'conversation.snoozed' end,
      jsonb_strip_nulls(jsonb_build_object('until', until))
    );
  end if;

  if p_changes ? 'blocked' then
    update public.chat_contacts p
      set blocked_at = case when (p_changes ->> 'blocked')::boolean then now() end
      from public.chat_conversations c
      where c.id = p_id and p.id = c.user_id and (p.blocked_at is not null) <> (p_changes ->> 'blocked')::boolean
      returning p.id into contact_id;
    if found then
      is_changed := true;
      perform public.inbox_tell(
        p_operator, p_id, 'contact.updated',
        jsonb_build_object('contactId', contact_id, 'blocked', p_changes -> 'blocked')
      );
    end if;
  end if;

  if is_changed then
    perform public.inbox_touch(p_id);
  end if;
end
$$;

comment on function public.inbox_sort(public.chat_operators, uuid, jsonb) is
  'For the service, inside other functions that hold the conversation: changes labels, priority, snooze and block, and tells each that became different.';

revoke all on function public.inbox_sort(public.chat_operators, uuid, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.inbox_sort(public.chat_operators, uuid, jsonb) to service_role;
