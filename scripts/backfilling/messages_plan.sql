-- What becomes of the messages of some conversations, and of the conversations: the one answer that the run writes down
-- and the dry run counts. Reads only.
-- Rows without a role are history, and get their places by (created_at, id) below the first number of what is written
-- meanwhile. A row that cannot be carried over keeps a place free. Of rows with a role only the JSON text is taken out,
-- once: what was mapped is never mapped again, whatever the rules say by then.

with chosen as materialized (
  select c.id, c.user_id as old_owner, coalesce(c.user_id, (%(rules)s ->> 'owner')::uuid) as user_id, c.status,
    c.last_message_at, c.created_at, c.message_count,
    private.legacy_status(c.status, %(rules)s) as wanted_status,
    private.legacy_is_possible(c.created_at) or %(rules)s ? 'reason:conversation_time_impossible' as has_time,
    greatest(
      (
        select max(m.seq) from public.chat_messages m
        where m.user_id = c.user_id and m.conversation_id = c.id and m.seq < 1000000000
      ),
      (select max(q.seq) from private.legacy_quarantine q where q.conversation_id = c.id and q.seq < 1000000000),
      0
    ) as base
  from public.chat_conversations c
  where c.id = any(%(ids)s)
),
pending as materialized (
  select m.id, m.conversation_id, m.type, m.content, m.created_at, m.role, m.kind, m.payload, m.answer, c.user_id, c.base,
    coalesce(m.seq, q.seq) as reserved
  from chosen c
  cross join lateral (
    select w.id, w.conversation_id, w.type, w.content, w.created_at, w.role, w.kind, w.payload, w.answer, w.seq
    from public.chat_messages w
    where w.conversation_id = c.id
      and (w.role is null or {is_json})
      and (%(inside)s::uuid is null or c.id <> %(inside)s or (w.created_at, w.id) > (%(after_at)s::timestamptz, %(after_id)s))
    order by w.created_at, w.id
    limit %(rows)s
  ) m
  left join private.legacy_quarantine q on q.message_id = m.id
),
mapped as materialized (
  select p.id, p.conversation_id, p.user_id, p.type, p.content as old_content, p.created_at as old_created_at, p.role as old_role,
    coalesce(p.reserved, p.base + row_number() over (
      partition by p.conversation_id, p.role is null and p.reserved is null order by p.created_at, p.id
    )) as place,
    coalesce(p.role, r.role) as role,
    coalesce(p.kind, r.kind) as kind,
    coalesce(p.payload, r.payload) as payload,
    coalesce(p.answer, r.answer) as answer,
    case
      when p.role is not null then private.legacy_word(
        (private.legacy_object(p.content)).object, 'text', 'message', 'content', 'title', 'question')
      when r.kind in ('chips', 'form') and not %(clear)s then p.content
      else r.content
    end as content,
    case when private.legacy_is_possible(p.created_at) then p.created_at else private.legacy_clamped(p.created_at) end as created_at,
    case
      when p.role is not null then null
      when p.user_id is null then 'conversation_without_owner'
      when not private.legacy_is_possible(p.created_at) and not %(rules)s ? 'reason:time_impossible' then 'time_impossible'
      else r.reason
    end as reason
  from pending p
  left join lateral private.map_legacy_message(p.type, p.content, %(rules)s) r on p.role is null
),
counted as (
  select conversation_id,
    count(*) filter (where reason is null and old_role is null) as added,
    max(created_at) filter (where reason is null) as latest
  from mapped group by conversation_id
),
settled as materialized (
  select c.id, c.status as old_status, c.old_owner, c.user_id, c.created_at as old_created_at,
    private.legacy_clamped(c.created_at) as created_at,
    least(5000, c.message_count + coalesce(n.added, 0)) as message_count,
    -- A clock that was ahead must not keep a conversation on top of the list.
    greatest(
      least(private.legacy_clamped(coalesce(c.last_message_at, c.created_at)), now()), least(n.latest, now())
    ) as last_message_at,
    c.wanted_status = 'open' and c.message_count + coalesce(n.added, 0) >= 5000 as is_full,
    case when c.wanted_status is not null and c.message_count + coalesce(n.added, 0) >= 5000
      then 'completed' else c.wanted_status end as status,
    case
      when c.user_id is null then 'conversation_without_owner'
      when not c.has_time then 'conversation_time_impossible'
      when c.wanted_status is null then 'status_unknown'
    end as reason
  from chosen c left join counted n on n.conversation_id = c.id
)
