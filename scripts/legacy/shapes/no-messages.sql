-- about: conversations without a table of messages
-- stops: table public.chat_messages
-- rows: none of the sample's fit

drop table public.chat_messages;
