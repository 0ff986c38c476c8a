-- What time does by itself, a bounded part a call: what belongs to somebody who has left waits again, what was put aside
-- comes back, and what was forgotten goes.

create or replace function public.inbox_return_idle(p_seconds integer, p_limit integer default 50) returns integer
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  place uuid;
  former public.chat_operators;
  returned integer := 0;
begin
  for place in
    select d.conversation_id
    from public.chat_operators o
    join public.chat_desk d on d.assignee_id = o.id and d.status = 'open'
    where greatest(public.inbox_gone_since(o), d.assigned_at) < now() - make_interval(secs => p_seconds)
    order by d.conversation_id
    limit least(greatest(p_limit, 1), 500)
  loop
    -- Somebody else is at it: it comes with the next call.
    perform from public.chat_conversations c
      where c.id = place and c.status = 'open' and c.handling <> 'bot'
      for no key update skip locked;
    continue when not found;
    -- As it is now: they may be back, or somebody else has it.
    select o.* into former
      from public.chat_desk d join public.chat_operators o on o.id = d.assignee_id
      where d.conversation_id = place
        and greatest(public.inbox_gone_since(o), d.assigned_at) < now() - make_interval(secs => p_seconds);
    continue when not found;
    update public.chat_conversations c
      set handling = 'waiting', agent = null, rev = c.rev + 1
      where c.id = place;
    update public.chat_desk d
      set assignee_id = null, assigned_at = null, waiting_since = coalesce(d.waiting_since, now())
      where d.conversation_id = place;
    perform public.chat_tell(
      place, 'conversation.unassigned', jsonb_build_object('formerId', former.id, 'reason', 'offline')
    );
    returned := returned + 1;
  end loop;

  for place in
    select d.conversation_id
    from public.chat_desk d
    where d.snoozed_until <= now()
    order by d.snoozed_until, d.conversation_id
    limit least(greatest(p_limit, 1), 500)
  loop
    perform from public.chat_conversations c where c.id = place for no key update skip locked;
    continue when not found;
    update public.chat_desk d
      set snoozed_until = null, changes = d.changes + 1, cx = pg_current_xact_id()
      where d.conversation_id = place and d.snoozed_until <= now();
    continue when not found;
    perform public.chat_tell(place, 'conversation.woken');
  end loop;

  delete from public.chat_typing t where t.written_at < now() - interval '1 hour';
  delete from public.chat_presence p where p.seen_at < now() - interval '1 hour';
  return returned;
end
$$;

comment on function public.inbox_return_idle(integer, integer) is
  'For the service: gives back to waiting what belongs to operators who have been offline for so many seconds, at most p_limit a call, and answers how many; wakes what was snoozed until now.';

revoke all on function public.inbox_return_idle(integer, integer) from public, anon, authenticated, service_role;
grant execute on function public.inbox_return_idle(integer, integer) to service_role;
