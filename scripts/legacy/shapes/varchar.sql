-- about: status is a varchar with a default of its kind
-- stops: column status of public.chat_conversations

alter table public.chat_conversations alter column status drop default, alter column status type varchar(20),
  alter column status set default 'active'::varchar(20);
