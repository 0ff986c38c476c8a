-- One batch of messages, as one statement: the conversations %(ids)s are locked already.
-- Rows without a role are history, and get their places by (created_at, id) below the first number of what is written
-- meanwhile. A row that cannot be carried over keeps a place free. Rows with a role are the legacy client's own writes:
-- only their JSON text is taken out.

with chosen as materialized (
  select c.id, c.user_id, c.status, c.client_conversation_id, c.last_message_at, c.created_at, c.message_count,
    private.legacy_status(c.status, %(rules)s) as wanted_status,
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
  select m.id, m.conversation_id, m.type, m.content, m.created_at, m.role, c.user_id, c.base, q.seq as reserved
  from chosen c
  cross join lateral (
    select w.id, w.conversation_id, w.type, w.content, w.created_at, w.role
    from public.chat_messages w
    where w.conversation_id = c.id
      and (w.role is null or (%(clear)s and w.type in ('chips', 'form') and w.kind in ('chips', 'form') and w.content ~ '^\s*\{'))
      and (c.id <> %(inside)s or (w.created_at, w.id) > (%(after_at)s, %(after_id)s))
    order by w.created_at, w.id
    limit %(rows)s
  ) m
  left join private.legacy_quarantine q on q.message_id = m.id
),
mapped as materialized (
  select p.id, p.conversation_id, p.user_id, p.content as old_content, p.created_at, p.role as old_role,
    coalesce(p.reserved, p.base + row_number() over (
      partition by p.conversation_id, p.role is null and p.reserved is null order by p.created_at, p.id
    )) as place,
    r.role, r.kind, r.payload,
    case when r.kind in ('chips', 'form') and not %(clear)s then p.content else r.content end as content,
    case when p.user_id is null then 'conversation_without_owner' else r.reason end as reason
  from pending p
  cross join lateral private.map_legacy_message(p.type, p.content, %(rules)s) r
),
originals as (
  insert into private.legacy_originals (message_id, content)
  select id, old_content from mapped where reason is null and content is distinct from old_content
  on conflict do nothing
),
written as (
  update public.chat_messages m
  set role = w.role,
    kind = w.kind,
    payload = w.payload,
    content = w.content,
    user_id = w.user_id,
    seq = coalesce(m.seq, w.place),
    client_message_id = coalesce(m.client_message_id, private.legacy_uuid(m.id, 'message')),
    answer = case when w.kind in ('chips', 'form') then coalesce(m.answer, '{}') end,
    answered_at = case when w.kind in ('chips', 'form') then coalesce(m.answered_at, m.created_at) end
  from mapped w
  where m.id = w.id and w.reason is null
),
left_alone as (
  insert into private.legacy_quarantine as q (message_id, conversation_id, reason, seq)
  select id, conversation_id, reason, place from mapped where reason is not null and old_role is null
  on conflict (conversation_id, message_id) do update set reason = excluded.reason where q.reason <> excluded.reason
),
released as (
  delete from private.legacy_quarantine q using mapped w where q.message_id = w.id and w.reason is null
),
counted as (
  select conversation_id,
    count(*) filter (where reason is null and old_role is null) as added,
    max(created_at) filter (where reason is null) as latest
  from mapped group by conversation_id
),
settled as materialized (
  select c.id, c.status as old_status, c.user_id is null as has_no_owner,
    least(5000, c.message_count + coalesce(n.added, 0)) as message_count,
    -- A clock that was ahead must not keep a conversation on top of the list.
    greatest(coalesce(c.last_message_at, c.created_at), least(n.latest, now())) as last_message_at,
    case
      when c.wanted_status is null then null
      when c.message_count + coalesce(n.added, 0) >= 5000 then 'completed'
      else c.wanted_status
    end as status
  from chosen c left join counted n on n.conversation_id = c.id
),
statuses as (
  insert into private.legacy_statuses (conversation_id, status)
  select id, old_status from settled where %(finish)s and status <> old_status
  on conflict do nothing
),
conversations as (
  update public.chat_conversations c
  set message_count = s.message_count,
    last_message_at = s.last_message_at,
    status = case when %(finish)s then coalesce(s.status, c.status) else c.status end,
    client_conversation_id = coalesce(c.client_conversation_id, case
      when %(finish)s and s.status is not null and not s.has_no_owner then private.legacy_uuid(c.id, 'conversation')
    end)
  from settled s
  where c.id = s.id
),
conversations_left as (
  insert into private.legacy_quarantine as q (message_id, conversation_id, reason)
  select null, id, case when has_no_owner then 'conversation_without_owner' else 'status_unknown' end
  from settled where has_no_owner or status is null
  on conflict (conversation_id, message_id) do update set reason = excluded.reason where q.reason <> excluded.reason
),
conversations_released as (
  delete from private.legacy_quarantine q using settled s
  where q.conversation_id = s.id and q.message_id is null and not s.has_no_owner and s.status is not null
)
select
  count(*) filter (where reason is null),
  count(*) filter (where reason is not null),
  count(*),
  (select w.created_at from mapped w order by w.created_at desc, w.id desc limit 1),
  (select w.id from mapped w order by w.created_at desc, w.id desc limit 1)
from mapped
