-- What the conditions of rules look at: a conversation as it is now, who its contact is, and what happened.

create or replace function public.rule_facts(p_conversation_id uuid, p_activity_id uuid default null) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'now', now(),
    'conversation_id', c.id,
    'rev', c.rev + d.changes,
    'state_version', c.state_version,
    'status', c.status,
    'handling', c.handling,
    'channel', c.channel,
    'locale', coalesce(c.state ->> 'locale', p.locale),
    'priority', d.priority,
    'labels', (
      select coalesce(jsonb_agg(l.name order by lower(l.name)), '[]')
      from public.chat_conversation_labels cl
      join public.chat_labels l on l.id = cl.label_id
      where cl.conversation_id = c.id
    ),
    'waiting_since', d.waiting_since,
    'silent_since', case when d.silent_at = d.last_message_at then d.silent_from else d.last_message_at end,
    'contact', jsonb_build_object(
      'email', p.email, 'is_guest', p.is_guest, 'attributes', p.attributes, 'page_url', p.last_page_url
    ),
    -- What was filled in last counts, and most of all what this is about.
    'form', (
      select coalesce(jsonb_object_agg(filled.key, filled.value order by f.id = a.inquiry_id, f.created_at, f.id), '{}')
      from (
        select i.id, i.values, i.created_at
        from public.chat_inquiries i
        where i.user_id = c.user_id and i.conversation_id = c.id
        order by i.id = a.inquiry_id desc nulls last, i.created_at desc, i.id desc
        limit 20
      ) f
      cross join lateral jsonb_each(f.values) filled
    ),
    'activity', a.shown,
    'message', (
      select jsonb_build_object('role', m.role, 'content', m.content)
      from public.chat_messages m
      where m.conversation_id = c.id and m.id = a.message_id
    ),
    'team', (select to_jsonb(t) - 'id' from public.chat_team t)
  )
  from public.chat_conversations c
  join public.chat_desk d on d.conversation_id = c.id
  join public.chat_contacts p on p.id = c.user_id
  left join lateral (
    select
      jsonb_build_object('id', w.id, 'type', w.type, 'data', w.data) as shown,
      case when w.type like 'message.%' then (w.data ->> 'messageId')::uuid end as message_id,
      case when w.type = 'inquiry.submitted' then (w.data ->> 'inquiryId')::uuid end as inquiry_id
    from public.chat_activities w
    where w.id = p_activity_id and w.conversation_id = c.id
  ) a on true
  where c.id = p_conversation_id
$$;

comment on function public.rule_facts(uuid, uuid) is
  'For the service: what conditions look at in a conversation, with the activity that sets a rule off where there is one; null where the conversation is gone.';

revoke all on function public.rule_facts(uuid, uuid)
  from public, anon, authenticated, service_role;
grant execute on function public.rule_facts(uuid, uuid) to service_role;
