-- Figures ask what happened in a span of time, and what the course of a conversation was. Of all activities these are few:
-- most tell of what customers and the bot said.

-- It waits for open transactions; nobody waits for it.
set lock_timeout = 0;

create index concurrently if not exists chat_activities_course_time_idx
  on public.chat_activities (created_at, conversation_id)
  where actor_kind = 'operator' and type = 'message.created'
    or type in (
      'conversation.handed_over', 'conversation.assigned', 'conversation.reopened', 'conversation.completed',
      'conversation.rated'
    )
    or actor_kind = 'api' and type = 'conversation.opened';
create index concurrently if not exists chat_activities_course_idx
  on public.chat_activities (conversation_id, created_at)
  where actor_kind = 'operator' and type = 'message.created'
    or type in (
      'conversation.handed_over', 'conversation.assigned', 'conversation.reopened', 'conversation.completed',
      'conversation.rated'
    )
    or actor_kind = 'api' and type = 'conversation.opened';
