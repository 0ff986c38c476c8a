-- A conversation as a list shows it.

create view public.chat_conversation_summaries with (security_invoker = true) as
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
        and m.role = 'bot'
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
        m.in_reply_to, m.answer, m.answered_at, m.created_at
    ) shown
    where m.user_id = c.user_id and m.conversation_id = c.id and m.seq is not null
    order by m.seq desc
    limit 1
  ) as last_message
from public.chat_conversations c
left join public.chat_conversation_reads r on r.conversation_id = c.id and r.user_id = c.user_id;

comment on view public.chat_conversation_summaries is
  'Conversations with their last message and unread count, under the rights of who asks.';
comment on column public.chat_conversation_summaries.id is 'The conversation.';
comment on column public.chat_conversation_summaries.user_id is 'Its owner.';
comment on column public.chat_conversation_summaries.client_conversation_id is 'The id that the client gave it.';
comment on column public.chat_conversation_summaries.status is 'open, or completed.';
comment on column public.chat_conversation_summaries.created_at is 'When it began.';
comment on column public.chat_conversation_summaries.last_message_at is 'Its latest activity.';
comment on column public.chat_conversation_summaries.last_read_at is 'When its owner last read it; null where never.';
comment on column public.chat_conversation_summaries.unread_count is
  'Bot messages after the read marker; 100 stands for more than 99.';
comment on column public.chat_conversation_summaries.last_message is 'The last message, as pages show it.';

-- The list's view runs with the rights of who asks, so the policies of its tables decide.

revoke all on public.chat_conversation_summaries from public, anon, authenticated, service_role;
grant select on public.chat_conversation_summaries to authenticated, service_role;
