-- Where the read markers of some conversations come to stand: the one answer that the run writes down and the dry run
-- counts. Reads only. is_read names nobody: it is the owner's.
-- first-unread: up to before the first unread bot message, so nothing unread is hidden.
-- last-read: up to the last read bot message, so nothing read shows as unread again.
-- Before anything is carried over there are no places yet: the order is that in which they will be given.

with ordered as materialized (
  select m.conversation_id, c.user_id, m.is_read is true as is_read, m.type is distinct from 'user' as may_be_bots,
    coalesce(m.role, r.role) as role,
    m.role is null and (q.message_id is not null or r.role is null) as is_left,
    coalesce(m.seq, q.seq, row_number() over (
      partition by m.conversation_id order by coalesce(m.seq, q.seq) nulls first, m.created_at, m.id
    )) as place
  from (
    select b.id, coalesce(b.user_id, (%(rules)s ->> 'owner')::uuid) as user_id from public.chat_conversations b where b.id = any(%(ids)s)
  ) c
  join auth.users u on u.id = c.user_id
  join public.chat_messages m on m.conversation_id = c.id
  left join private.legacy_quarantine q on q.message_id = m.id and m.role is null
  left join lateral private.map_legacy_message(m.type, m.content, %(rules)s) r
    on m.role is null and (private.legacy_is_possible(m.created_at) or %(rules)s ? 'reason:time_impossible')
),
ends as (
  select conversation_id, user_id,
    min(place) filter (where not is_read and (is_left and may_be_bots or not is_left and role = 'bot')) as unread,
    max(place) filter (where is_read and not is_left and role = 'bot') as last_read
  from ordered group by conversation_id, user_id
),
markers as materialized (
  select e.conversation_id, e.user_id, p.policy, r.last_read_seq as stands,
    case p.policy
      when 'last-read' then e.last_read
      else (
        select max(o.place) from ordered o
        where o.conversation_id = e.conversation_id and not o.is_left
          -- What is in quarantine may turn out to be an unread message of the bot.
          and o.place < coalesce(e.unread, 9223372036854775807)
      )
    end as marker
  from ends e
  cross join unnest(%(policies)s::text[]) p (policy)
  left join public.chat_conversation_reads r on r.conversation_id = e.conversation_id and r.user_id = e.user_id
)
