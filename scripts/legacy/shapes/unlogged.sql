-- about: tables that a crash empties
-- stops: table public.chat_messages

alter table public.chat_messages set unlogged;
