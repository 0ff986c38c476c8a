-- What a customer sees of the people who answer: who handles the conversation, who wrote a message, and a counter of all
-- that changes.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

-- Constant defaults rewrite nothing, and NOT VALID reads nothing under the lock; the next step validates.
alter table public.chat_conversations
  add column handling text not null default 'bot',
  add column channel text not null default 'web',
  add column rev bigint not null default 0,
  add column agent jsonb,
  add column rating jsonb,
  add column rating_asked_at timestamptz,
  add column change_turn_id uuid,
  add constraint chat_conversations_handling check (handling in ('bot', 'waiting', 'agent')) not valid,
  add constraint chat_conversations_channel check (char_length(channel) between 1 and 100) not valid,
  add constraint chat_conversations_agent
    check (jsonb_typeof(agent) = 'object' and octet_length(agent::text) <= 4096) not valid,
  add constraint chat_conversations_rating
    check (jsonb_typeof(rating) = 'object' and octet_length(rating::text) <= 16384) not valid,
  alter column handling set statistics 0,
  alter column channel set statistics 0,
  alter column rev set statistics 0,
  alter column agent set statistics 0,
  alter column rating set statistics 0,
  alter column rating_asked_at set statistics 0,
  alter column change_turn_id set statistics 0;

alter table public.chat_messages
  add column author jsonb,
  add column status text,
  add column rev bigint not null default 0,
  -- A text of an operator's has an author, and nothing else has.
  add constraint chat_messages_author check (
    author is null
    or (role = 'system' and kind = 'text' and jsonb_typeof(author) = 'object' and octet_length(author::text) <= 4096)
  ) not valid,
  add constraint chat_messages_status check (status in ('sent', 'delivered', 'read', 'failed')) not valid,
  alter column author set statistics 0,
  alter column status set statistics 0,
  alter column rev set statistics 0;

comment on column public.chat_conversations.handling is 'Who answers now: bot, waiting (somebody is wanted) or agent.';
comment on column public.chat_conversations.channel is 'Where it is held: web, or the key of an API channel.';
comment on column public.chat_conversations.rev is 'Counts every change that the customer can see; each changed row carries the number that it got.';
comment on column public.chat_conversations.agent is 'The operator who has it, as customers know them: {name, avatarUrl}.';
comment on column public.chat_conversations.rating is 'What the customer thought of it: {score, comment, rated_at}.';
comment on column public.chat_conversations.rating_asked_at is 'When they were asked; null if they were not.';
comment on column public.chat_conversations.change_turn_id is 'The turn of what was said when it was last handed over, given back or completed by hand.';
comment on column public.chat_messages.author is 'The operator who wrote it, as customers know them: {name, avatarUrl}.';
comment on column public.chat_messages.status is 'How far it got, where a channel tells: sent, delivered, read or failed.';
comment on column public.chat_messages.rev is 'The count of the conversation when this row was written or last changed; 0 for rows of before.';

grant select (handling, channel, rev, agent, rating, rating_asked_at, change_turn_id) on public.chat_conversations to authenticated;
grant select (author, status, rev) on public.chat_messages to authenticated;

alter table public.chat_contacts add column is_guest boolean not null default false;
comment on column public.chat_contacts.is_guest is 'Whether the account was an anonymous one when the contact was made.';
