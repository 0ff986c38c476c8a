-- The point of no return, in one transaction: until it is committed both applications write as before, whatever stops it,
-- and it may be repeated or undone; from then on there is only the new one. Changes of the catalog, and no row is read
-- but by two empty indexes: the locks are held for milliseconds.
-- Everything that goes was made for the time between expand and contract, or is a column that nobody needs.
-- squawk-ignore-file ban-drop-function, ban-drop-table, ban-drop-column, ban-drop-constraint, require-concurrent-index-deletion

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

lock table public.chat_conversations, public.chat_messages, public.chat_conversation_reads in access exclusive mode;

-- The last row of the legacy client may have come a moment ago. The conditions are those of the indexes.
set local enable_seqscan = off;
do $$
begin
  if exists (
    select from public.chat_messages
    where role is null or kind is null or seq is null or user_id is null or char_length(content) > 16000
      or created_at < '0001-01-02 00:00:00+00' or created_at >= '9999-12-31 00:00:00+00'
  ) or exists (
    select from public.chat_conversations
    where user_id is null or client_conversation_id is null or last_message_at is null
      or status is null or status not in ('open', 'completed')
      or created_at < '0001-01-02 00:00:00+00' or created_at >= '9999-12-31 00:00:00+00'
  ) then
    raise exception 'The legacy client is still writing: stop it. Then run: python -m scripts.backfill messages --apply';
  end if;
end
$$;
drop index public.chat_messages_leftover_idx;
drop index public.chat_conversations_leftover_idx;

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

-- The rules without the exceptions that the legacy client needed. NOT VALID: nothing is read under the lock.

alter table public.chat_messages
  drop constraint chat_messages_content_size,
  add constraint chat_messages_content_size check (char_length(content) <= 16000) not valid,
  add constraint chat_messages_present check (
    user_id is not null and role is not null and kind is not null and seq is not null
  ) not valid;

alter table public.chat_conversations
  alter column status set default 'open',
  -- A member who writes here without our service need not think of one.
  alter column client_conversation_id set default gen_random_uuid(),
  add constraint chat_conversations_status check (status in ('open', 'completed')) not valid,
  add constraint chat_conversations_present check (
    user_id is not null and client_conversation_id is not null and last_message_at is not null
  ) not valid;

-- Who may do what, from here on: what the policy files say, and nothing else on these two tables. Policies go first, since
-- they may ask for a column that goes.

alter table public.chat_conversations enable row level security;
alter table public.chat_messages enable row level security;

do $$
declare
  theirs record;
begin
  for theirs in
    select polrelid::regclass as relation, polname from pg_policy
    where polrelid in ('public.chat_conversations'::regclass, 'public.chat_messages'::regclass)
  loop
    execute format('drop policy %I on %s', theirs.polname, theirs.relation);
  end loop;
end
$$;

-- The legacy columns and keys. A conversation's owner is a contact by now, and a message's conversation is named together
-- with its owner: the keys of before, whatever their names, are a second check of the same.

do $$
declare
  old record;
begin
  for old in
    select f.conrelid::regclass as relation, f.conname from pg_constraint f
    where f.contype = 'f' and cardinality(f.conkey) = 1 and (
      (f.conrelid = 'public.chat_conversations'::regclass and f.confrelid = 'auth.users'::regclass
        and f.conkey = array(select a.attnum from pg_attribute a where a.attrelid = f.conrelid and a.attname = 'user_id'))
      or (f.conrelid = 'public.chat_messages'::regclass and f.confrelid = 'public.chat_conversations'::regclass
        and f.conkey = array(select a.attnum from pg_attribute a where a.attrelid = f.conrelid and a.attname = 'conversation_id'))
    )
  loop
    execute format('alter table %s drop constraint %I', old.relation, old.conname);
  end loop;
end
$$;

alter table public.chat_messages drop column type, drop column is_read;
alter table public.chat_conversations drop column updated_at;

-- include: ../policies/*.sql
