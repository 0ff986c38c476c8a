-- Where the trigger functions stand. Every row is theirs, whoever writes it.

create trigger make_contact before insert on public.chat_conversations
  for each row execute function private.make_contact();

create trigger place_message before insert on public.chat_messages
  for each row execute function private.place_message();

create trigger clamp_read_marker before insert or update on public.chat_conversation_reads
  for each row execute function private.clamp_read_marker();
