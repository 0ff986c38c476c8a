-- about: a rule, a child table, forced row level security, a column of rows
-- stops: rule no_delete on public.chat_messages
-- stops: table public.chat_conversations
-- stops: table public.chat_messages
-- stops: column row of audit

create rule no_delete as on delete to public.chat_messages do instead nothing;
create table public.old_conversations () inherits (public.chat_conversations);
alter table public.chat_messages force row level security;
create table public.audit (row public.chat_messages);
