-- Everything that the expand migrations made, in the order in which it can go. Changes of the catalog only: no row is
-- rewritten. Works after any of them, and may be repeated.

drop trigger if exists set_read_flags on public.chat_conversation_reads;
drop trigger if exists move_marker on public.chat_messages;
drop trigger if exists carry_over_change on public.chat_messages;
drop trigger if exists hand_back_message on public.chat_messages;
drop trigger if exists place_message_of_legacy on public.chat_messages;
drop trigger if exists place_message on public.chat_messages;
drop trigger if exists carry_over_conversation on public.chat_conversations;
drop trigger if exists make_contact on public.chat_conversations;

-- Our policies stand beside the legacy client's, which have their names back.
drop policy if exists select_own on public.chat_messages;
drop policy if exists insert_own on public.chat_messages;
drop policy if exists select_own on public.chat_conversations;
drop policy if exists insert_own on public.chat_conversations;
do $$
declare
  theirs record;
begin
  for theirs in
    select polrelid::regclass as relation, polname from pg_policy
    where polrelid in ('public.chat_conversations'::regclass, 'public.chat_messages'::regclass)
      and polname in ('legacy_select_own', 'legacy_insert_own')
  loop
    execute format(
      'alter policy %I on %s rename to %I', theirs.polname, theirs.relation, replace(theirs.polname, 'legacy_', ''));
  end loop;
end
$$;

-- What people sent as inquiries is kept, under a name that no later attempt takes.
do $$
begin
  if exists (select from public.chat_inquiries) then
    create schema if not exists munui_undone;
    revoke all on schema munui_undone from public;
    alter table public.chat_inquiries drop constraint chat_inquiries_owner_fkey, drop constraint chat_inquiries_message_fkey;
    execute format('alter table public.chat_inquiries rename to chat_inquiries_%s', to_char(now(), 'YYYYMMDDHH24MISS'));
    execute format('alter table public.chat_inquiries_%s set schema munui_undone', to_char(now(), 'YYYYMMDDHH24MISS'));
  else
    drop table public.chat_inquiries;
  end if;
end
$$;

do $$
declare
  made regprocedure;
begin
  for made in
    select p.oid::regprocedure from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.proname in (
      'chat_turn', 'chat_turn_for_service', 'chat_open', 'chat_send', 'chat_preview', 'chat_list', 'chat_page', 'chat_mark_read', 'chat_reply',
      'chat_import', 'chat_submit_inquiry', 'chat_export', 'chat_forget', 'chat_operator_inquiries', 'chat_operator_mark',
      'chat_operator_day'
    )
  loop
    execute format('drop function %s', made);
  end loop;
end
$$;
drop view if exists public.chat_conversation_summaries;
drop table if exists public.chat_conversation_reads;

alter table public.chat_messages
  drop constraint if exists chat_messages_role_kind,
  drop constraint if exists chat_messages_content_payload,
  drop constraint if exists chat_messages_user_content,
  drop constraint if exists chat_messages_content_size,
  drop constraint if exists chat_messages_payload_size,
  drop constraint if exists chat_messages_event_size,
  drop constraint if exists chat_messages_answer_size,
  drop constraint if exists chat_messages_user_client_id,
  drop constraint if exists chat_messages_answer_pair,
  drop constraint if exists chat_messages_present,
  drop constraint if exists chat_messages_owner_fkey,
  drop constraint if exists chat_messages_reply_fkey,
  drop column if exists user_id,
  drop column if exists role,
  drop column if exists kind,
  drop column if exists payload,
  drop column if exists client_message_id,
  drop column if exists request_id,
  drop column if exists seq,
  drop column if exists turn_id,
  drop column if exists step_id,
  drop column if exists event,
  drop column if exists in_reply_to,
  drop column if exists answer,
  drop column if exists answered_at,
  alter column created_at set default now(),
  -- Whether each old row has a text is known: see the batches before. Read again, it would be under this lock.
  add constraint chat_messages_content_present check (content is not null) not valid;

alter table public.chat_conversations
  drop constraint if exists chat_conversations_message_count,
  drop constraint if exists chat_conversations_state_size,
  drop constraint if exists chat_conversations_status,
  drop constraint if exists chat_conversations_present,
  drop constraint if exists chat_conversations_flow_version_fkey,
  drop constraint if exists chat_conversations_contact_fkey,
  drop column if exists client_conversation_id,
  drop column if exists flow_version,
  drop column if exists state,
  drop column if exists state_version,
  drop column if exists last_seq,
  drop column if exists handled_seq,
  drop column if exists message_count,
  drop column if exists last_message_at,
  alter column user_id drop default,
  alter column status set default 'active';

drop index if exists public.chat_messages_conversation_key;
drop index if exists public.chat_conversations_owner_key;
drop index if exists public.chat_conversations_created_idx;
drop table if exists public.chat_flows;
drop table if exists public.chat_contacts;
drop schema private cascade;
drop schema guard cascade;

do $$
begin
  if to_regclass('supabase_migrations.munui_legacy_migrations') is not null then
    delete from supabase_migrations.munui_legacy_migrations where version between '20261101000100' and '20261101003399';
    delete from supabase_migrations.munui_legacy_checksums where version between '20261101000100' and '20261101003399';
  end if;
  -- What the main line begins with came by the expand half, and went with it.
  if to_regclass('supabase_migrations.munui_checksums') is not null then
    delete from supabase_migrations.schema_migrations where version between '20261126000000' and '20261126001400';
    delete from supabase_migrations.munui_checksums where version between '20261126000000' and '20261126001400';
  end if;
end
$$;
