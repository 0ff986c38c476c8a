-- about: a trigger that sets updated_at
-- stops: trigger set_updated_at on public.chat_conversations

create function public.touch() returns trigger language plpgsql as 'begin new.updated_at = now(); return new; end';
create trigger set_updated_at before update on public.chat_conversations for each row execute function public.touch();
