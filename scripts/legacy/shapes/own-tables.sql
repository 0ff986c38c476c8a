-- about: tables, functions and indexes of our names
-- stops: table chat_contacts
-- stops: table chat_inquiries
-- stops: function chat_open(uuid)
-- stops: index public.chat_messages_seq_key
-- stops: type chat_flows

create table public.chat_contacts (id bigint primary key, name text);
create table public.chat_inquiries (id bigint primary key, body text);
create function public.chat_open(p uuid) returns uuid language sql as 'select p';
create index chat_messages_seq_key on public.chat_messages (created_at);
create type public.chat_flows as enum ('a');
