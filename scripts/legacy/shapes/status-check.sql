-- about: status has a CHECK of its own
-- stops: constraint known_statuses on public.chat_conversations
-- rows: none of the sample's fit

alter table public.chat_conversations add constraint known_statuses check (status in ('active', 'completed'));
insert into public.chat_conversations (status) values ('active'), ('completed');
