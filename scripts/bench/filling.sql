-- Conversations that went round the flow: a greeting and chips, then user, bot and chips again and again, each chips
-- but the last answered. Ids follow from the conversation and the place, so that answers can name what they answer.
-- %(first)s .. %(last)s number the conversations of the owner, each with %(messages)s messages.

with owned as (
  insert into public.chat_contacts (id, user_id) values (%(owner)s::uuid, %(owner)s::uuid) on conflict do nothing
), conversations as (
  insert into public.chat_conversations
    (id, user_id, client_conversation_id, status, flow_version, state, state_version,
     last_seq, handled_seq, message_count, created_at, last_message_at)
  select
    md5(%(owner)s::text || n)::uuid, %(owner)s::uuid, md5('client' || %(owner)s::text || n)::uuid, 'open', %(version)s,
    case when (%(messages)s - 2) / 3 %% 2 = 0 then %(categories_state)s::jsonb else %(more_state)s::jsonb end,
    %(messages)s / 3, %(messages)s, %(messages)s - 2, %(messages)s,
    now() - interval '30 days', now() - interval '1 day' + n * interval '1 second'
  from generate_series(%(first)s::integer, %(last)s::integer) n
  returning id
), numbered as (
  select
    c.id as conversation_id, i as seq, i %% 3 as part, i < %(messages)s as is_answered,
    -- Every other question is the one after an answer.
    (i - 2) / 3 %% 2 = 1 as is_more,
    md5(c.id::text || (i - i %% 3))::uuid as turn_id
  from conversations c cross join generate_series(1, %(messages)s::integer) i
), marked as (
  -- Half of the conversations were read, but for the last turn.
  insert into public.chat_conversation_reads (conversation_id, user_id, last_read_seq)
  select c.id, %(owner)s::uuid, %(messages)s - 3 from conversations c where c.id < '80000000-0000-0000-0000-000000000000'
)
insert into public.chat_messages
  (id, conversation_id, user_id, role, kind, content, payload, client_message_id, request_id, seq, turn_id, step_id,
   event, in_reply_to, answer, answered_at, created_at)
select
  md5(m.conversation_id::text || m.seq)::uuid, m.conversation_id, %(owner)s::uuid,
  case when m.part = 0 then 'user' else 'bot' end,
  case when m.part = 2 then 'chips' else 'text' end,
  case m.part when 0 then '배송' when 1 then %(text)s end,
  case when m.part = 2 then case when m.is_more then %(more)s::jsonb else %(categories)s::jsonb end end,
  md5('client' || m.conversation_id::text || m.seq)::uuid,
  md5('request' || m.turn_id::text)::uuid,
  m.seq,
  case when m.seq < 3 then m.conversation_id else m.turn_id end,
  case m.part when 0 then null when 1 then 'shipping' else case when m.is_more then 'more' else 'categories' end end,
  case when m.part = 0 then %(event)s::jsonb end,
  case when m.part = 0 then md5(m.conversation_id::text || (m.seq - 1))::uuid end,
  case when m.part = 2 and m.is_answered then %(answer)s::jsonb end,
  case when m.part = 2 and m.is_answered then now() - interval '1 day' end,
  now() - interval '1 day'
from numbered m;
