-- What a note or a contact says is otherwise than before

-- A trigger holds its table for a moment; where a writer is at it, this gives way and is tried again.
set local lock_timeout = '500ms';

create trigger search_again after update of content on public.chat_notes
  for each row when (old.content is distinct from new.content) execute function private.search_again();

create trigger search_again after update of name, email, phone, attributes on public.chat_contacts
  for each row when ((old.name, old.email, old.phone, old.attributes) is distinct from (new.name, new.email, new.phone, new.attributes))
  execute function private.search_again();

-- A guest's, which is of no conversation by which it would be found.
create trigger search_again after insert on public.chat_inquiries
  for each row when (new.conversation_id is null) execute function private.search_again();
