-- Our policies beside those that are there: permissive ones add up, so the legacy client may do what it could. A later
-- migration of the main line finds ours under their names. The contract step drops the others.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

do $$
declare
  theirs record;
begin
  for theirs in
    select polrelid::regclass as relation, polname from pg_policy
    where polrelid in ('public.chat_conversations'::regclass, 'public.chat_messages'::regclass)
      and polname in ('select_own', 'insert_own')
  loop
    execute format('alter policy %I on %s rename to %I', theirs.polname, theirs.relation, 'legacy_' || theirs.polname);
  end loop;
end
$$;

create policy select_own on public.chat_conversations for select to authenticated
  using (user_id = (select auth.uid()));

create policy insert_own on public.chat_conversations for insert to authenticated
  with check (user_id = (select auth.uid()) and status = 'open');

create policy select_own on public.chat_messages for select to authenticated
  using (user_id = (select auth.uid()));

create policy insert_own on public.chat_messages for insert to authenticated
  with check (user_id = (select auth.uid()) and role = 'user' and kind = 'text');
