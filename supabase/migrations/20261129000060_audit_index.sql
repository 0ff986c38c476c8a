-- What is of no conversation is also guests' forms, as many as there are guests. The audit is without them, and so is its
-- index: a page of it costs the same beside a million forms. Built beside what writes.

do $$
begin
  -- A build that was cut off leaves an index that nothing uses and that stands in the way.
  if exists (
    select from pg_index i join pg_class c on c.oid = i.indexrelid
    where not i.indisvalid and c.relnamespace = 'public'::regnamespace and c.relname = 'chat_activities_audit_idx'
  ) then
    drop index public.chat_activities_audit_idx;
  end if;
end
$$;

-- It waits for open transactions; nobody waits for it.
set lock_timeout = 0;

create index concurrently if not exists chat_activities_audit_idx
  on public.chat_activities (created_at desc, id desc)
  where conversation_id is null and type <> 'inquiry.submitted';
drop index concurrently if exists public.chat_activities_team_idx;
