-- What the last step wrote into a conversation, moved to when it is said to have happened. Everything of this transaction
-- bears its time or a later one, and what was moved an earlier one.

with messages as (
  update public.chat_messages m
    set created_at = %(at)s::timestamptz + (m.seq - n.first) * interval '2 seconds'
    from (
      select min(f.seq) as first from public.chat_messages f where f.conversation_id = %(id)s and f.created_at >= now()
    ) n
    where m.conversation_id = %(id)s and m.created_at >= now()
), answered as (
  update public.chat_messages m set answered_at = %(at)s
    where m.conversation_id = %(id)s and m.answered_at >= now() and m.created_at < now()
), activities as (
  update public.chat_activities a
    set created_at = %(at)s::timestamptz + n.place * interval '1 millisecond'
    from (
      select f.id, row_number() over (order by f.created_at) as place
      from public.chat_activities f
      where f.conversation_id = %(id)s and f.created_at >= now()
    ) n
    where a.id = n.id
), notes as (
  update public.chat_notes n set created_at = %(at)s where n.conversation_id = %(id)s and n.created_at >= now()
), labels as (
  update public.chat_conversation_labels l set created_at = %(at)s where l.conversation_id = %(id)s and l.created_at >= now()
), inquiries as (
  update public.chat_inquiries i set created_at = %(at)s where i.conversation_id = %(id)s and i.created_at >= now()
), conversation as (
  update public.chat_conversations c
    set created_at = least(c.created_at, %(at)s),
      last_message_at = case when c.last_message_at >= now() then %(at)s else c.last_message_at end,
      rating_asked_at = case when c.rating_asked_at >= now() then %(at)s else c.rating_asked_at end,
      rating = case
        when (c.rating ->> 'rated_at')::timestamptz >= now() then c.rating || jsonb_build_object('rated_at', %(at)s::timestamptz)
        else c.rating
      end
    where c.id = %(id)s
)
update public.chat_desk d
  set last_message_at = case when d.last_message_at >= now() then %(at)s else d.last_message_at end,
    waiting_since = case when d.waiting_since >= now() then %(at)s else d.waiting_since end,
    first_answered_at = case when d.first_answered_at >= now() then %(at)s else d.first_answered_at end,
    assigned_at = case when d.assigned_at >= now() then %(at)s else d.assigned_at end
  where d.conversation_id = %(id)s
