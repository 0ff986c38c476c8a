-- A conversation keeps the flow that it began with.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

alter table public.chat_conversations
  add constraint chat_conversations_flow_version_fkey
    foreign key (flow_version) references public.chat_flows (version) not valid;
