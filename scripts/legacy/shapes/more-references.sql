-- about: foreign keys of partitions, of two columns, checked late
-- stops: constraint exports_message_id_fkey on exports
-- stops: constraint late on exports
-- stops: constraint pair on exports

alter table public.chat_conversations add constraint together unique (id, status);
create table public.exports (
  id integer, message_id uuid references public.chat_messages (id),
  late uuid constraint late references public.chat_conversations (id) deferrable initially deferred,
  conversation_id uuid, status text,
  constraint pair foreign key (conversation_id, status) references public.chat_conversations (id, status) on delete cascade
) partition by range (id);
create table public.exports_1 partition of public.exports for values from (0) to (9);
