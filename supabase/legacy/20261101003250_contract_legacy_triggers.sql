-- Nobody writes as the legacy client did any more: what stood between the two goes, and what the backfill remembered.
-- All of it was made for the time between expand and contract.
-- squawk-ignore-file ban-drop-function, ban-drop-table

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

drop trigger set_read_flags on public.chat_conversation_reads;
drop trigger move_marker on public.chat_messages;
drop trigger carry_over_change on public.chat_messages;
drop trigger hand_back_message on public.chat_messages;
drop trigger place_message_of_legacy on public.chat_messages;
drop trigger carry_over_conversation on public.chat_conversations;
drop trigger carry_over_owner_before on public.chat_conversations;
drop trigger carry_over_owner_after on public.chat_conversations;

-- Every row is these functions' now.
create or replace trigger place_message before insert on public.chat_messages
  for each row execute function private.place_message();
create or replace trigger make_contact before insert on public.chat_conversations
  for each row execute function private.make_contact();

drop function private.set_read_flags();
drop function private.move_marker();
drop function private.hand_back_message();
drop function private.carry_over_change();
drop function private.carry_over_message();
drop function private.carry_over_conversation();
drop function private.carry_over_owner();
drop function private.map_legacy_message(text, text, jsonb);
drop function private.legacy_rest(text, jsonb, jsonb);
drop function private.legacy_payload(text, jsonb);
drop function private.legacy_fields(jsonb);
drop function private.legacy_options(jsonb);
drop function private.legacy_chips(jsonb);
drop function private.legacy_names(text[], text);
drop function private.legacy_word(jsonb, text[]);
drop function private.legacy_list(jsonb, text[]);
drop function private.legacy_object(text);
drop function private.legacy_trim(text);
drop function private.legacy_status(text, jsonb);
drop function private.legacy_uuid(uuid, text);
drop function private.legacy_clamped(timestamptz);
drop function private.legacy_is_possible(timestamptz);

drop table private.backfill_batches;
drop table private.backfill_jobs;
drop table private.legacy_times;
drop table private.legacy_owners;
drop table private.legacy_statuses;
drop table private.legacy_originals;
drop table private.legacy_quarantine;
drop table private.legacy_rules;
drop table private.legacy_shape;
