-- about: NOT NULL that not every row obeys (NOT VALID, from Postgres 18), times that must be given
-- stops: column conversation_id of public.chat_messages
-- stops: column created_at of public.chat_conversations
-- rows: none of the sample's fit

alter table public.chat_messages alter column conversation_id drop not null, alter column created_at drop default;
insert into public.chat_messages (type, content, created_at) values ('user', 'nowhere', now());
do $$ begin
  if current_setting('server_version_num')::integer >= 180000 then
    execute 'alter table public.chat_messages add constraint somewhere not null conversation_id not valid';
  end if;
end $$;
alter table public.chat_conversations alter column created_at drop default;
