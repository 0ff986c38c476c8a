-- about: a trigger on messages that sets updated_at of their conversation
-- stops: trigger bump_conversation on public.chat_messages

create function public.bump() returns trigger language plpgsql as
  'begin update public.chat_conversations set updated_at = now() where id = new.conversation_id; return new; end';
create trigger bump_conversation after insert on public.chat_messages for each row execute function public.bump();
