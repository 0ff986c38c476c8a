-- One batch, as one statement: the conversations are locked already. What is written follows from the plan before it.
,
originals as (
  insert into private.legacy_originals (message_id, content)
  select id, old_content from mapped where reason is null and content is distinct from old_content
  on conflict do nothing
),
times as (
  insert into private.legacy_times (id, is_conversation, created_at)
  select id, false, old_created_at from mapped where reason is null and created_at <> old_created_at
  union all
  select id, true, old_created_at from settled where %(finish)s and reason is null and created_at <> old_created_at
  on conflict do nothing
),
written as (
  update public.chat_messages m
  set role = w.role,
    kind = w.kind,
    payload = w.payload,
    content = w.content,
    created_at = w.created_at,
    user_id = w.user_id,
    seq = coalesce(m.seq, w.place),
    client_message_id = coalesce(m.client_message_id, private.legacy_uuid(m.id, 'message')),
    answer = w.answer,
    answered_at = case when w.kind in ('chips', 'form') then coalesce(m.answered_at, w.created_at) end
  from mapped w
  where m.id = w.id and w.reason is null
),
left_alone as (
  insert into private.legacy_quarantine as q (message_id, conversation_id, reason, seq)
  select id, conversation_id, reason, place from mapped where reason is not null
  on conflict (conversation_id, message_id) do update set reason = excluded.reason where q.reason <> excluded.reason
),
released as (
  delete from private.legacy_quarantine q using mapped w where q.message_id = w.id and w.reason is null
),
statuses as (
  insert into private.legacy_statuses as s (conversation_id, status, given)
  select id, old_status, status from settled where %(finish)s and status is distinct from old_status and status is not null
  -- What stands here is what was given before: then the word of before that stays. Else it is the legacy client's.
  on conflict (conversation_id) do update
    set status = case when s.given = excluded.status then s.status else excluded.status end, given = excluded.given
),
owners as (
  insert into private.legacy_owners (conversation_id)
  select id from settled where old_owner is null and user_id is not null
  on conflict do nothing
),
conversations as (
  update public.chat_conversations c
  set user_id = s.user_id,
    message_count = s.message_count,
    created_at = case when %(finish)s and s.reason is null then s.created_at else c.created_at end,
    last_message_at = s.last_message_at,
    status = case when %(finish)s then coalesce(s.status, c.status) else c.status end,
    client_conversation_id = coalesce(c.client_conversation_id, case
      when %(finish)s and s.reason is null then private.legacy_uuid(c.id, 'conversation')
    end)
  from settled s
  where c.id = s.id
),
conversations_left as (
  insert into private.legacy_quarantine as q (message_id, conversation_id, reason)
  select null, id, reason from settled where reason is not null
  on conflict (conversation_id, message_id) do update set reason = excluded.reason where q.reason <> excluded.reason
),
conversations_released as (
  delete from private.legacy_quarantine q using settled s
  where q.conversation_id = s.id and q.message_id is null and s.reason is null
)
