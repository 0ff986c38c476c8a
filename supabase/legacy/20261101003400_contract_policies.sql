-- Who may do what, from here on: what the policy files say, and nothing else on these two tables.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

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

-- include: ../policies/*.sql
