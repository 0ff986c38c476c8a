-- What stands beside a conversation when an operator opens it. What was said comes in pages (inbox_messages).

create or replace function public.inbox_conversation(p_user_id uuid, p_id uuid) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  owner uuid;
begin
  select c.user_id into owner from public.chat_conversations c where c.id = p_id;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  return jsonb_build_object(
    'conversation', public.inbox_row(p_id),
    'contact', (
      select to_jsonb(who)
      from (
        select
          p.id, p.name, p.email, p.phone, p.is_guest, p.locale, p.attributes, p.blocked_at, p.last_seen_at,
          p.last_page_url, p.user_agent, p.created_at, p.external_id
        from public.chat_contacts p
        where p.id = owner
      ) who
    ),
    'labels', (
      select coalesce(jsonb_agg(jsonb_build_object('name', l.name, 'color', l.color) order by lower(l.name)), '[]')
      from public.chat_conversation_labels cl
      join public.chat_labels l on l.id = cl.label_id
      where cl.conversation_id = p_id
    ),
    'notes', (
      select coalesce(jsonb_agg(public.inbox_note(n) order by n.created_at, n.id), '[]')
      from (
        select w.* from public.chat_notes w where w.conversation_id = p_id order by w.created_at desc, w.id desc limit 200
      ) n
    ),
    'activities', (
      select coalesce(jsonb_agg(to_jsonb(shown) order by shown.created_at, shown.id), '[]')
      from (
        select a.id, a.type, a.actor_kind, a.actor_id, a.actor_name, a.data, a.created_at
        from public.chat_activities a
        where a.conversation_id = p_id
          and a.type <> 'message.created'
          -- That all went well stands at the message.
          and not (a.type = 'message.status_changed' and a.data ->> 'status' in ('delivered', 'read'))
        order by a.created_at desc, a.id desc
        limit 100
      ) shown
    ),
    'inquiries', (
      select coalesce(jsonb_agg(to_jsonb(shown) order by shown.created_at, shown.id), '[]')
      from (
        select i.id, i.message_id, i.step_id, i.values, i.normal, i.locale, i.status, i.created_at, i.done_at
        from public.chat_inquiries i
        where i.user_id = owner and i.conversation_id = p_id
        order by i.created_at desc, i.id desc
        limit 20
      ) shown
    ),
    'former', (
      select coalesce(jsonb_agg(to_jsonb(shown) order by shown.last_message_at desc, shown.id desc), '[]')
      from (
        select s.id, s.status, s.created_at, s.last_message_at, s.title
        from public.chat_conversation_summaries s
        where s.user_id = owner and s.id <> p_id
        order by s.last_message_at desc, s.id desc
        limit 20
      ) shown
    ),
    'viewers', (
      select coalesce(jsonb_agg(public.inbox_person(o) order by o.display_name, o.id), '[]')
      from public.chat_presence v
      join public.chat_operators o on o.id = v.operator_id
      where v.conversation_id = p_id and v.seen_at > now() - interval '60 seconds' and o.is_active and o.user_id is not null
    )
  );
end
$$;

comment on function public.inbox_conversation(uuid, uuid) is
  'For the service: {conversation, contact, labels, notes, activities, inquiries, former, viewers} of any conversation: the newest 200 notes, 100 activities other than messages and their way, 20 inquiries and 20 other conversations of the contact. Raises PT403, PT404.';

revoke all on function public.inbox_conversation(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_conversation(uuid, uuid) to service_role;
