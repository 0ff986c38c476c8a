-- The conversations of a day, whoever they belong to. With it the expand half holds everything that the main line begins
-- with: from here on the main line's history has its first files, and its later ones can be applied.

-- stands for: 20261126001400

set lock_timeout = 0;

create index concurrently if not exists chat_conversations_created_idx
  on public.chat_conversations (created_at desc, id desc);
