-- A list shows who handles a conversation, and counts what people wrote as unread like what the bot wrote.

create or replace view public.chat_conversation_summaries with (security_invoker = true) as
select
  c.id,
  c.user_id,
  c.client_conversation_id,
  c.status,
  c.created_at,
  c.last_message_at,
  r.last_read_at,
  -- Counted to 100 and no further: people read "99+", and the index is walked for a hundred rows at most.
  (
    select count(*)
    from (
      select
      from public.chat_messages m
      where m.user_id = c.user_id
        and m.conversation_id = c.id
        and (m.role = 'bot' or m.author is not null)
        -- Not coalesce: under Row Level Security the planner does not trust it with the index.
        and m.seq > case when r.last_read_seq is null then 0 else r.last_read_seq end
      limit 100
    ) unread
  ) as unread_count,
  (
    select to_jsonb(shown)
    from public.chat_messages m, lateral (
      select
        m.id, m.conversation_id, m.seq, m.role, m.kind, m.content, m.payload, m.client_message_id, m.request_id,
        m.in_reply_to, m.answer, m.answered_at, m.created_at, m.author, m.status, m.rev
    ) shown
    where m.user_id = c.user_id and m.conversation_id = c.id and m.seq is not null
    order by m.seq desc
    limit 1
  ) as last_message,
  -- Enough for a line of a list: it goes out with every turn.
  left(case
    when inquiry.title <> '' then inquiry.title
    -- The first thing a person says comes after the opening, so the index is walked for a few rows.
    else (
      select m.content
      from public.chat_messages m
      where m.user_id = c.user_id and m.conversation_id = c.id and m.seq is not null and m.role = 'user'
      order by m.seq
      limit 1
    )
  end, 200) as title,
  c.handling,
  c.channel,
  c.rev,
  c.agent,
  c.rating,
  c.rating_asked_at,
  -- Where no channel tells how far a message of an operator's got, the marker does.
  r.last_read_seq
from public.chat_conversations c
left join public.chat_conversation_reads r on r.conversation_id = c.id and r.user_id = c.user_id
left join lateral (
  select i.values ->> 'title' as title
  from public.chat_inquiries i
  where i.user_id = c.user_id and i.conversation_id = c.id
  order by i.created_at desc, i.id desc
  limit 1
) inquiry on true;

comment on column public.chat_conversation_summaries.unread_count is
  'Messages of the bot and of operators after the read marker; 100 stands for more than 99.';
comment on column public.chat_conversation_summaries.handling is 'Who answers now: bot, waiting or agent.';
comment on column public.chat_conversation_summaries.channel is 'Where it is held.';
comment on column public.chat_conversation_summaries.rev is 'Counts every change that the customer can see.';
comment on column public.chat_conversation_summaries.agent is 'The operator who has it, as customers know them.';
comment on column public.chat_conversation_summaries.rating is 'What the customer thought of it.';
comment on column public.chat_conversation_summaries.rating_asked_at is 'When they were asked; null if they were not.';
comment on column public.chat_conversation_summaries.last_read_seq is 'Messages up to this number are read; null where never.';
