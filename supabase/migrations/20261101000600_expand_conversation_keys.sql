-- What the conversations are found by.

create unique index if not exists chat_conversations_owner_key
  on public.chat_conversations (user_id, id);
create unique index if not exists chat_conversations_client_key
  on public.chat_conversations (user_id, client_conversation_id);
create index if not exists chat_conversations_recent_idx
  on public.chat_conversations (user_id, last_message_at desc, id desc);

alter table public.chat_conversations
  add constraint chat_conversations_flow_version_fkey
    foreign key (flow_version) references public.chat_flows (version) not valid;
