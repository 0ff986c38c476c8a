-- about: columns of its own that the new application does not know and that must be given
-- stops: column tenant of public.chat_messages
-- stops: column preview of public.chat_messages
-- stops: constraint has_region on public.chat_conversations
-- stops: constraint whole on public.chat_messages
-- before contract: function is_whole(chat_messages)
-- rows: none of the sample's fit

create domain public.tenant as text check (value is not null);
alter table public.chat_messages add column tenant public.tenant default 'a',
  add column preview text not null generated always as (left(content, 10)) stored;
alter table public.chat_messages alter column tenant drop default;
alter table public.chat_conversations add column region text, add constraint has_region check (region is not null) not valid;
create function public.is_whole(message public.chat_messages) returns boolean language sql as 'select (message).type is not null';
alter table public.chat_messages add constraint whole check (public.is_whole(chat_messages));
