-- about: views on columns that go, and a view on one of them
-- stops: view loud
-- stops: view unread_messages
-- stops: materialized view types

create view public.unread_messages as select conversation_id, count(*) from public.chat_messages where not is_read group by 1;
create view public.loud as select conversation_id from public.unread_messages where count > 9;
create materialized view public.types as select type, count(*) from public.chat_messages group by 1;
