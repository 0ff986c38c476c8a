-- A row that was found, as the inbox shows it: what it says, who said it, where, and whose that is.

create or replace function public.search_hit(p_id uuid, p_created_at timestamptz) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'kind', s.kind,
    'id', s.id,
    'conversation_id', c.id,
    -- An inquiry stands where its form was filled in.
    'message_id', coalesce(s.message_id, i.message_id),
    'seq', coalesce(s.seq, (
      select f.seq from public.chat_messages f where f.conversation_id = i.conversation_id and f.id = i.message_id
    )),
    'created_at', s.created_at,
    'said_by', s.said_by,
    'author_name', coalesce(m.author ->> 'name', o.display_name, n.rule_name),
    'text', case s.kind
      when 'message' then m.content
      when 'note' then n.content
      when 'inquiry' then public.search_as_text(i."values")
      else public.search_as_text(
        jsonb_build_object('name', p.name, 'email', p.email, 'phone', p.phone) || p.attributes
      )
    end,
    'inquiry_status', i.status,
    'contact', case when p.id is not null then jsonb_build_object(
      'id', p.id, 'name', p.name, 'email', p.email, 'phone', p.phone, 'is_guest', p.is_guest
    ) end,
    'status', c.status,
    'handling', c.handling,
    'channel', c.channel
  )
  from public.chat_search s
  left join public.chat_messages m on m.id = s.message_id
  left join public.chat_notes n on n.id = s.note_id
  left join public.chat_operators o on o.id = n.operator_id
  left join public.chat_inquiries i on i.id = s.inquiry_id
  -- Of somebody, the last thing that they are in.
  left join public.chat_conversations c on c.id = coalesce(s.conversation_id, (
    select l.id from public.chat_conversations l
    where l.user_id = s.contact_id
    order by l.last_message_at desc, l.id desc
    limit 1
  ))
  left join public.chat_contacts p on p.id = coalesce(s.contact_id, c.user_id, i.user_id)
  where s.created_at = p_created_at and s.id = p_id
$$;

comment on function public.search_hit(uuid, timestamptz) is
  'For the service, inside inbox_search: a row of chat_search as the inbox shows it.';

revoke all on function public.search_hit(uuid, timestamptz) from public, anon, authenticated, service_role;
grant execute on function public.search_hit(uuid, timestamptz) to service_role;
