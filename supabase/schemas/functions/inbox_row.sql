-- A conversation as the inbox shows it, whoever its owner is: what the customer sees of it, the desk, and who they are.

create or replace function public.inbox_row(p_conversation_id uuid) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select to_jsonb(shown)
  from (
    select
      c.id,
      c.user_id,
      c.status,
      c.handling,
      c.channel,
      c.rev,
      -- What the inbox calls rev: it counts what customers see and what only operators see.
      c.rev + d.changes as seen_rev,
      c.state_version,
      c.created_at,
      c.last_message_at,
      s.last_read_seq,
      s.title,
      c.rating,
      c.rating_asked_at,
      (select public.inbox_person(o) from public.chat_operators o where o.id = d.assignee_id) as assignee,
      d.assigned_at,
      d.waiting_since,
      d.first_answered_at,
      d.priority,
      d.snoozed_until,
      (
        select coalesce(jsonb_agg(jsonb_build_object('name', l.name, 'color', l.color) order by lower(l.name)), '[]')
        from public.chat_conversation_labels cl
        join public.chat_labels l on l.id = cl.label_id
        where cl.conversation_id = c.id
      ) as labels,
      (
        select to_jsonb(who)
        from (
          select
            p.id, p.name, p.email, p.phone, p.is_guest, p.locale, p.blocked_at, p.last_seen_at, p.last_page_url
          from public.chat_contacts p
          where p.id = c.user_id
        ) who
      ) as contact,
      s.last_message,
      -- One number for the whole team, to 100 and no further.
      (
        select count(*)
        from (
          select
          from public.chat_messages m
          where m.user_id = c.user_id and m.conversation_id = c.id and m.role = 'user' and m.seq > d.answered_seq
          limit 100
        ) unread
      ) as unread_count
    from public.chat_conversations c
    join public.chat_desk d on d.conversation_id = c.id
    join public.chat_conversation_summaries s on s.id = c.id and s.user_id = c.user_id
    where c.id = p_conversation_id
  ) shown
$$;

comment on function public.inbox_row(uuid) is 'For the service: a conversation as the inbox shows it; null where there is none.';

revoke all on function public.inbox_row(uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_row(uuid) to service_role;
