-- about: times without a zone
-- stops: column created_at of public.chat_messages

alter table public.chat_messages alter column created_at type timestamp using created_at at time zone 'UTC';
