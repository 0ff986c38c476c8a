-- What the expand half made of the two tables' policies, and what people sent. The rest goes by its names: undo.py.

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
declare
  theirs record;
begin
  if to_regclass('public.chat_inquiries') is null or not exists (select from public.chat_inquiries) then
    return;
  end if;
  create schema if not exists munui_undone;
  revoke all on schema munui_undone from public;
  for theirs in
    select conname from pg_constraint where conrelid = 'public.chat_inquiries'::regclass and contype = 'f'
  loop
    execute format('alter table public.chat_inquiries drop constraint %I', theirs.conname);
  end loop;
  execute format('alter table public.chat_inquiries rename to chat_inquiries_%s', to_char(now(), 'YYYYMMDDHH24MISS'));
  execute format('alter table public.chat_inquiries_%s set schema munui_undone', to_char(now(), 'YYYYMMDDHH24MISS'));
end
$$;
